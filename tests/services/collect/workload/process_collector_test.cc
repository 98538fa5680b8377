#include "services/collect/workload/process_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/fsuid.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

std::string StatLine(int pid, const std::string& command, int user_ticks, int start_ticks) {
  return absl::StrFormat("%d (%s) S 1 1 1 0 -1 0 0 0 0 0 %d 0 0 0 20 0 1 0 %d 4096000 10 0 0 0\n",
                         pid, command, user_ticks, start_ticks);
}

// Rows that travel, where there are more than may.
class TopProcessesTest : public ::testing::Test {
 protected:
  ProcessTablePtr Collect() {
    clock_.Advance(absl::Seconds(1));
    const auto table = collector_.Collect(clock_.Now());
    EXPECT_THAT(table, IsOk());
    return table.ok() ? *table : nullptr;
  }
  static std::vector<int> Pids(const ProcessTablePtr& table) {
    std::vector<int> pids;
    for (const Process& process : table->processes) pids.push_back(process.pid);
    return pids;
  }

  FixtureTree tree_;
  FakeClock clock_;
  ProcFs procfs_{tree_.roots()};
  ProcessCollector collector_{&procfs_, &clock_, "h", UserNames(procfs_, &clock_), {.top = 1}};
};

TEST_F(TopProcessesTest, AreThoseThatUseMostCpuMemoryAndIo) {
  Collect();
  tree_.Write("proc/1/io", "read_bytes: 999999999\nwrite_bytes: 999999999\n");
  tree_.Write("proc/1/stat", StatLine(1, "systemd", 150, 10));
  tree_.Write("proc/1000/stat", StatLine(1000, "busy", 90000, 9000));
  Collect();
  tree_.Write("proc/1000/stat", StatLine(1000, "busy", 90100, 9000));
  tree_.Write("proc/1/io", "read_bytes: 1999999999\nwrite_bytes: 999999999\n");
  tree_.Write("proc/1/stat", StatLine(1, "systemd", 151, 10));
  const ProcessTablePtr table = Collect();
  EXPECT_THAT(Pids(table), testing::ElementsAre(1, 412, 1000));
  EXPECT_TRUE(table->partial);
  EXPECT_EQ(table->totals.processes, 7);
}

TEST_F(TopProcessesTest, AreAllWhileAllAreWanted) {
  EXPECT_EQ(Pids(Collect()).size(), 1U);
  collector_.SetAll(true);
  ProcessTablePtr table = Collect();
  EXPECT_EQ(Pids(table).size(), 7U);
  EXPECT_FALSE(table->partial);
  EXPECT_EQ(table->processes.back().command_line.empty(), table->processes.back().pid == 999);
  collector_.SetAll(false);
  table = Collect();
  EXPECT_EQ(Pids(table).size(), 1U);
  EXPECT_TRUE(table->partial);
}

class ProcessCollectorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    tree_.Write("rootfs/etc/passwd", absl::StrFormat("tester:x:%d:0::/:/bin/sh\n", getuid()));
  }
  ProcessTablePtr Collect() {
    const auto table = collector_.Collect(clock_.Now());
    EXPECT_THAT(table, IsOk());
    return table.ok() ? *table : nullptr;
  }
  // Returns the row of a process; one with pid 0 if there is none.
  static Process Find(const ProcessTablePtr& table, int pid) {
    const auto found = std::ranges::find(table->processes, pid, &Process::pid);
    return found != table->processes.end() ? *found : Process{};
  }

  FixtureTree tree_;
  FakeClock clock_;
  ProcFs procfs_{tree_.roots()};
  ProcessCollector collector_{&procfs_, &clock_, "h", UserNames(procfs_, &clock_)};
};

TEST_F(ProcessCollectorTest, ReadsEveryFieldOfAProcess) {
  tree_.Write("proc/413/stat", StatLine(413, "a b", 1, 5001));
  std::filesystem::create_symlink("/usr/sbin/nginx (deleted)", tree_.Path("proc/412/exe"));
  const ProcessTablePtr table = Collect();
  const Process nginx = Find(table, 412);
  EXPECT_EQ(nginx.ppid, 1);
  EXPECT_EQ(nginx.start_time, absl::FromUnixSeconds(1'700'000'050));
  EXPECT_EQ(nginx.state, 'R');
  EXPECT_EQ(nginx.user, "tester");
  EXPECT_EQ(nginx.command, "nginx: (worker) p");
  EXPECT_EQ(nginx.command_line, "nginx: worker process");
  EXPECT_EQ(nginx.thread_count, 4);
  EXPECT_DOUBLE_EQ(nginx.cpu_seconds, 154);
  EXPECT_EQ(nginx.resident_bytes, 25000 * sysconf(_SC_PAGESIZE));
  EXPECT_EQ(nginx.virtual_bytes, 90112000);
  EXPECT_DOUBLE_EQ(nginx.memory_utilization_ratio,
                   25000.0 * static_cast<double>(sysconf(_SC_PAGESIZE)) / (16384000.0 * 1024));
  EXPECT_EQ(Find(table, 413).command_line, "/opt/odd tool/a b --name caf\xef\xbf\xbd");
  EXPECT_EQ(nginx.executable, "/usr/sbin/nginx (deleted)");
  EXPECT_EQ(nginx.shared_bytes, 3100 * sysconf(_SC_PAGESIZE));
  EXPECT_EQ(nginx.swap_bytes, 644 * 1024);
  EXPECT_EQ(nginx.open_file_count, 3);
  EXPECT_EQ(nginx.unit, "nginx.service");
  EXPECT_EQ(nginx.container, "");
  EXPECT_EQ(Find(table, 413).container.substr(0, 6), "3f3f3f");
  EXPECT_EQ(Find(table, 413).nice, 0);
  EXPECT_FALSE(table->partial);
}

TEST_F(ProcessCollectorTest, CountsByStateAndSkipsWhoEndedMeanwhile) {
  const ProcessTablePtr table = Collect();
  EXPECT_EQ(table->host, "h");
  EXPECT_EQ(table->totals, (ProcessTotals{.processes = 7,
                                          .threads = 11,
                                          .running = 1,
                                          .sleeping = 3,
                                          .disk_sleep = 1,
                                          .stopped = 1,
                                          .zombie = 1}));
  EXPECT_EQ(table->processes.size(), 7U);
  EXPECT_TRUE(std::ranges::is_sorted(table->processes, {}, &Process::pid));
}

TEST_F(ProcessCollectorTest, SecretsInCommandLinesStayOnTheHost) {
  tree_.Write("proc/412/cmdline", std::string_view("app\0--password\0hunter2\0", 23));
  EXPECT_EQ(Find(Collect(), 412).command_line, "app --password ***");
}

TEST_F(ProcessCollectorTest, KernelThreadsAndZombiesHaveNoCommandLine) {
  const ProcessTablePtr table = Collect();
  EXPECT_EQ(Find(table, 17).command, "kworker/u8:0-events (x)");
  EXPECT_EQ(Find(table, 17).command_line, "");
  EXPECT_EQ(Find(table, 999).command_line, "");
}

TEST_F(ProcessCollectorTest, TheFirstSampleHasNoRates) {
  const ProcessTablePtr table = Collect();
  for (const Process& process : table->processes) {
    EXPECT_EQ(process.cpu_utilization_ratio, std::nullopt);
    EXPECT_EQ(process.read_bytes_per_second, std::nullopt);
  }
}

TEST_F(ProcessCollectorTest, RatesCoverTheTimeThatPassed) {
  tree_.Write("proc/1/stat", StatLine(1, "systemd", 100, 10));
  Collect();
  const auto hz = static_cast<int>(sysconf(_SC_CLK_TCK));
  tree_.Write("proc/1/stat", StatLine(1, "systemd", 100 + 3 * hz, 10));
  tree_.Write("proc/1/io", "read_bytes: 5096\nwrite_bytes: 2000\n");
  clock_.Advance(absl::Seconds(2));
  clock_.Step(absl::UnixEpoch());  // civil time does not matter
  const Process process = Find(Collect(), 1);
  EXPECT_DOUBLE_EQ(*process.cpu_utilization_ratio, 1.5);
  EXPECT_DOUBLE_EQ(*process.read_bytes_per_second, 2048);
  EXPECT_DOUBLE_EQ(*process.write_bytes_per_second, 0);
}

TEST_F(ProcessCollectorTest, HasNoRatesWhereNoTimePassedOrACounterWentBack) {
  Collect();
  EXPECT_EQ(Find(Collect(), 1).cpu_utilization_ratio, std::nullopt);
  clock_.Advance(absl::Seconds(1));
  tree_.Write("proc/412/stat", StatLine(412, "nginx", 1, 5000));
  EXPECT_EQ(Find(Collect(), 412).cpu_utilization_ratio, std::nullopt);
}

TEST_F(ProcessCollectorTest, APidThatIsUsedAgainIsAnotherProcess) {
  Collect();
  clock_.Advance(absl::Seconds(1));
  tree_.Write("proc/412/stat", StatLine(412, "sh", 12000, 7000));
  tree_.Write("proc/412/cmdline", std::string_view("sh\0-c\0true\0", 11));
  const Process process = Find(Collect(), 412);
  EXPECT_EQ(process.command, "sh");
  EXPECT_EQ(process.command_line, "sh -c true");
  EXPECT_EQ(process.cpu_utilization_ratio, std::nullopt);
  EXPECT_EQ(process.read_bytes_per_second, std::nullopt);
}

TEST_F(ProcessCollectorTest, FollowsAProgramThatExecutesAnother) {
  Collect();
  Collect();
  Collect();
  tree_.Write("proc/412/stat", StatLine(412, "python3", 1, 5000));
  tree_.Write("proc/412/cmdline", std::string_view("python3\0x.py\0", 13));
  EXPECT_EQ(Find(Collect(), 412).command_line, "python3 x.py");
}

TEST_F(ProcessCollectorTest, ReadsTheCommandLineNowAndThenOnly) {
  Collect();
  Collect();
  tree_.Write("proc/412/cmdline", std::string_view("nginx: shutting down\0", 21));
  int ticks = 0;
  while (Find(Collect(), 412).command_line == "nginx: worker process" && ticks < 100) ++ticks;
  EXPECT_GT(ticks, 0);
  EXPECT_LT(ticks, 32);
}

TEST_F(ProcessCollectorTest, WhatWasNotReadIsAbsent) {
  const Process kernel_thread = Find(Collect(), 17);
  EXPECT_EQ(kernel_thread.shared_bytes, std::nullopt);
  EXPECT_EQ(kernel_thread.swap_bytes, std::nullopt);
  EXPECT_EQ(kernel_thread.open_file_count, std::nullopt);
  EXPECT_EQ(kernel_thread.executable, "");
}

// Their memory may be locked for as long as they sleep.
TEST_F(ProcessCollectorTest, ArgumentsOfUninterruptibleProcessesWaitUntilTheyWake) {
  EXPECT_EQ(Find(Collect(), 413).state, 'D');
  EXPECT_EQ(Find(Collect(), 413).command_line, "");
  tree_.Write("proc/413/stat", StatLine(413, "a b", 1, 5001));
  EXPECT_THAT(Find(Collect(), 413).command_line, HasSubstr("odd tool"));
}

TEST_F(ProcessCollectorTest, ProcessesThatEndLeaveTheTable) {
  Collect();
  tree_.Remove("proc/412");
  // The open file of a fixture outlives it, unlike that of a process.
  EXPECT_EQ(Find(Collect(), 412).pid, 0);
}

TEST_F(ProcessCollectorTest, ABrokenProcessCostsOnlyItself) {
  tree_.Write("proc/412/stat", "412 (nginx) S what\n");
  tree_.Write("proc/413/io", "nonsense");
  const ProcessTablePtr table = Collect();
  EXPECT_EQ(table->processes.size(), 6U);
  EXPECT_EQ(Find(table, 413).pid, 413);
}

TEST_F(ProcessCollectorTest, SaysThatProcessesAreHidden) {
  Collect();
  EXPECT_THAT(collector_.Limitations(), IsEmpty());
  tree_.Remove("proc/1");
  Collect();
  EXPECT_THAT(collector_.Limitations(), testing::ElementsAre(HasSubstr("hidepid")));
}

TEST_F(ProcessCollectorTest, SaysThatDiskRatesAreDenied) {
  Collect();
  tree_.Write("proc/2000/stat", StatLine(2000, "secret", 1, 9000));
  tree_.Write("proc/2000/io", "read_bytes: 1\nwrite_bytes: 2\n");
  std::filesystem::permissions(tree_.Path("proc/2000/io"), std::filesystem::perms::none);
  const int user = setfsuid(65534);  // root may read it all the same, nobody may not
  const ProcessTablePtr table = Collect();
  setfsuid(static_cast<uid_t>(user));
  EXPECT_EQ(Find(table, 2000).command, "secret");
  EXPECT_THAT(collector_.Limitations(), testing::ElementsAre(HasSubstr("CAP_SYS_PTRACE")));
}

TEST_F(ProcessCollectorTest, FailsWithoutBootTime) {
  tree_.Write("proc/stat", "cpu0 1 2 3 4\nintr 1\n");
  EXPECT_THAT(collector_.Collect(clock_.Now()), StatusIs(kDataLoss, HasSubstr("/proc/stat")));
}

TEST_F(ProcessCollectorTest, WorksWithoutKnowingTheMemory) {
  tree_.Remove("proc/meminfo");
  EXPECT_EQ(Find(Collect(), 412).memory_utilization_ratio, 0);
}

}  // namespace
}  // namespace syspulse
