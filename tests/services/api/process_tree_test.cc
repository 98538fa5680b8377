#include "services/api/process_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/api/process_query.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;

ProcessTablePtr Table(std::vector<Process> processes, const std::string& host = "web-1") {
  return std::make_shared<const ProcessTable>(
      ProcessTable{.host = host, .processes = std::move(processes)});
}

// Returns the rows as `pid` behind a dot for each level.
std::vector<std::string> Tree(const std::vector<ProcessTablePtr>& tables,
                              const std::string& order_by, const std::string& filter = "",
                              std::size_t limit = 1000) {
  std::vector<std::string> rows;
  const ProcessSelection selection =
      ProcessQuery::Create(order_by, filter, true)->Select(tables, {.limit = limit});
  for (const v1::Process& process : selection.table.processes()) {
    rows.push_back(std::string(static_cast<std::size_t>(process.depth()), '.') +
                   std::to_string(process.pid()));
  }
  return rows;
}

std::vector<Process> Family() {
  return {{.pid = 1, .command = "init"},
          {.pid = 2, .command = "kthreadd"},
          {.pid = 10, .ppid = 1, .command = "sshd", .resident_bytes = 5},
          {.pid = 11, .ppid = 1, .command = "cron", .resident_bytes = 9},
          {.pid = 12, .ppid = 10, .command = "bash"},
          {.pid = 20, .ppid = 2, .command = "kworker"}};
}

TEST(ProcessTree, PutsEachProcessBelowItsParentWithSiblingsInOrder) {
  EXPECT_THAT(Tree({Table(Family())}, "pid"), ElementsAre("1", ".10", "..12", ".11", "2", ".20"));
  EXPECT_THAT(Tree({Table(Family())}, "resident_bytes desc"),
              ElementsAre("1", ".11", ".10", "..12", "2", ".20"));
}

TEST(ProcessTree, KeepsTheAncestorsOfWhatMatches) {
  EXPECT_THAT(Tree({Table(Family())}, "pid", "bash"), ElementsAre("1", ".10", "..12"));
  EXPECT_THAT(Tree({Table(Family())}, "pid", "nothing"), ElementsAre());
  const auto selection =
      ProcessQuery::Create("pid", "bash", true)->Select(std::vector{Table(Family())}, {.limit = 1});
  EXPECT_EQ(selection.table.matched_count(), 1);
  EXPECT_EQ(selection.row_count, 3u);
}

TEST(ProcessTree, CountsRowsUpToTheLimit) {
  EXPECT_THAT(Tree({Table(Family())}, "pid", "", 3), ElementsAre("1", ".10", "..12"));
}

TEST(ProcessTree, KeepsHostsApart) {
  EXPECT_THAT(
      Tree({Table({{.pid = 1}, {.pid = 7, .ppid = 1}}, "a"), Table({{.pid = 1}}, "b")}, "pid desc"),
      ElementsAre("1", ".7", "1"));
}

TEST(ProcessTree, MakesAProcessWithoutItsParentARoot) {
  EXPECT_THAT(Tree({Table({{.pid = 5, .ppid = 4}, {.pid = 6, .ppid = 5}})}, "pid"),
              ElementsAre("5", ".6"));
}

TEST(ProcessTree, SurvivesProcessesThatAreTheirOwnAncestors) {
  EXPECT_THAT(Tree({Table({{.pid = 3, .ppid = 3}})}, "pid"), ElementsAre("3"));
  const std::vector<Process> circle = {{.pid = 1, .ppid = 3, .command = "a"},
                                       {.pid = 2, .ppid = 1, .command = "b"},
                                       {.pid = 3, .ppid = 2, .command = "c"},
                                       {.pid = 9, .ppid = 2, .command = "d"}};
  EXPECT_THAT(Tree({Table(circle)}, "pid"), ElementsAre("1", ".2", "..3", "..9"));
  EXPECT_THAT(Tree({Table(circle)}, "pid", "d"), ElementsAre("1", ".2", "..3", "..9"));
}

TEST(ProcessTree, SurvivesPidsThatComeTwice) {
  EXPECT_THAT(
      Tree({Table({{.pid = 1}, {.pid = 1, .ppid = 1}, {.pid = 2, .ppid = 1}})}, "pid").size(), 3u);
}

TEST(ProcessTree, TakesAChainAsDeepAsItComes) {
  std::vector<Process> chain;
  for (int pid = 1; pid <= 100'000; ++pid) chain.push_back({.pid = pid, .ppid = pid - 1});
  const auto table = Table(std::move(chain));
  const auto selection =
      ProcessQuery::Create("pid desc", "", true)->Select(std::vector{table}, {.limit = 100'000});
  EXPECT_EQ(selection.table.processes(99'999).depth(), 99'999);
}

}  // namespace
}  // namespace syspulse
