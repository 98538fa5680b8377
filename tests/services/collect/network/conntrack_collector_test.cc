#include "services/collect/network/conntrack_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/services/collect/collected.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr auto kNotFound = absl::StatusCode::kNotFound;
const std::string kHeads = "entries  searched found new\n";

TEST(ParseConntrack, AddsUpTheCpus) {
  const auto stats = ParseConntrack(kHeads +
                                    "1 0 1 0 2 3 0 0 4 5 6 7 0  0 0 0 8\n"
                                    "1 0 f 0 0 0 0 0 0 0 0 0 0  0 0 0 10\n");
  ASSERT_THAT(stats, IsOk());
  EXPECT_EQ(*stats, (ConntrackStats{.found = 16,
                                    .invalid = 2,
                                    .ignore = 3,
                                    .insert = 4,
                                    .insert_failed = 5,
                                    .drop = 6,
                                    .early_drop = 7,
                                    .search_restart = 24}));
}

TEST(ParseConntrack, TakesKernelsThatDoNotCountRestarts) {
  EXPECT_EQ(ParseConntrack(kHeads + "1 0 1 0 2 3 0 0 4 5 6 7 0 0 0 0\n")->search_restart, 0U);
}

TEST(ParseConntrack, RefusesOtherLines) {
  const std::string line = "1 0 1 0 2 3 0 0 4 5 6 7 0 0 0 8";  // 16 columns
  for (const std::string& text :
       {std::string(), line + "\n", kHeads + line, kHeads + "\n", kHeads + "1 2 3\n",
        kHeads + line + " 9 a\n", kHeads + line + " x\n"}) {
    EXPECT_THAT(ParseConntrack(text), StatusIs(kDataLoss, HasSubstr("/proc/net/stat/nf_conntrack")))
        << text;
  }
}

class ConntrackCollectorTest : public ::testing::Test {
 protected:
  FixtureTree tree_;
  ProcFs procfs_{tree_.roots()};
  ConntrackCollector collector_{procfs_};
};

TEST_F(ConntrackCollectorTest, TellsHowFullTheTableIs) {
  const Collected got = CollectOnce(&collector_);
  ASSERT_THAT(got.status, IsOk());
  EXPECT_THAT(got.text, HasSubstr("# TYPE node_nf_conntrack_entries gauge\n"
                                  "node_nf_conntrack_entries 3187\n"));
  EXPECT_THAT(got.text, HasSubstr("\nnode_nf_conntrack_entries_limit 262144\n"));
  EXPECT_THAT(got.text, HasSubstr("\nnode_nf_conntrack_stat_search_restart 241\n"));
}

TEST_F(ConntrackCollectorTest, IsNotThereWithoutItsModule) {
  tree_.Remove("proc/sys/net/netfilter");
  tree_.Remove("proc/net/stat/nf_conntrack");
  const Collected got = CollectOnce(&collector_);
  EXPECT_THAT(got.status, StatusIs(kNotFound, HasSubstr("nf_conntrack_count")));
  EXPECT_EQ(got.text, "");
}

TEST_F(ConntrackCollectorTest, TellsHowFullTheTableIsOnKernelsWithoutStatistics) {
  tree_.Remove("proc/net/stat/nf_conntrack");
  const Collected got = CollectOnce(&collector_);
  EXPECT_THAT(got.status, StatusIs(kNotFound, HasSubstr("stat/nf_conntrack")));
  EXPECT_THAT(got.text, HasSubstr("\nnode_nf_conntrack_entries 3187\n"));
  EXPECT_THAT(got.text, Not(HasSubstr("_stat_")));
}

TEST_F(ConntrackCollectorTest, RefusesANumberThatIsCut) {
  tree_.Write("proc/sys/net/netfilter/nf_conntrack_max", "2621");
  EXPECT_THAT(CollectOnce(&collector_).status, StatusIs(kDataLoss, HasSubstr("cut")));
}

}  // namespace
}  // namespace syspulse
