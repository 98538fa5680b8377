#include "services/collect/workload/process_tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "absl/strings/str_format.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

constexpr int kPid = 160;  // a multiple of the ticks after which files are read anyway

// A host with one process besides the fixture's.
class ProcessTrackerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    WriteSchedule("1000 20 3\n");
    WriteStat(100, 10);
    WriteIo(1000);
  }
  void WriteSchedule(const std::string& text) const { tree_.Write(Path("schedstat"), text); }
  void WriteStat(int ticks, int pages, int start = 5000, int threads = 1) const {
    tree_.Write(Path("stat"),
                absl::StrFormat("%d (x) S 1 1 1 0 -1 0 0 0 0 0 %d 0 0 0 20 0 %d 0 %d 4096 %d 0\n",
                                kPid, ticks, threads, start, pages));
  }
  void WriteIo(int bytes) const {
    tree_.Write(Path("io"), absl::StrFormat("read_bytes: %d\nwrite_bytes: 0\n", bytes));
  }
  static std::string Path(const char* file) { return absl::StrFormat("proc/%d/%s", kPid, file); }
  // Returns the process after a second has passed.
  const TrackedProcess& Measure() {
    clock_.Advance(absl::Seconds(1));
    EXPECT_THAT(tracker_.Measure(), IsOk());
    return **std::ranges::find_if(tracker_.processes(),
                                  [](const auto& process) { return process->pid == kPid; });
  }

  FixtureTree tree_;
  FakeClock clock_;
  ProcFs procfs_{tree_.roots()};
  ProcessTracker tracker_{&procfs_, &clock_, absl::Seconds(1)};
};

TEST_F(ProcessTrackerTest, WhoDidNotRunUsedNothingAndIsNotReadAgain) {
  EXPECT_EQ(Measure().cpu_ratio, std::nullopt);
  WriteStat(100, 77);
  const TrackedProcess& process = Measure();
  EXPECT_FALSE(process.ran);
  EXPECT_EQ(process.cpu_ratio, 0);
  EXPECT_EQ(process.read_per_second, 0);
  EXPECT_EQ(process.stat.resident_pages, 10);
}

TEST_F(ProcessTrackerTest, WhoDidNotRunIsReadNowAndThen) {
  Measure();
  WriteStat(100, 77);
  int ticks = 0;
  while (Measure().stat.resident_pages != 77 && ticks < 100) ++ticks;
  EXPECT_GT(ticks, 4);
  EXPECT_LE(ticks, 16);
}

TEST_F(ProcessTrackerTest, WhoRanIsReadAtOnce) {
  Measure();
  Measure();
  WriteSchedule("2000 20 4\n");
  WriteStat(150, 77);
  WriteIo(5000);
  const TrackedProcess& process = Measure();
  EXPECT_TRUE(process.ran);
  EXPECT_DOUBLE_EQ(*process.cpu_ratio, 0.5);  // at 100 ticks a second, over one second
  EXPECT_DOUBLE_EQ(*process.read_per_second, 4000);
  EXPECT_EQ(process.stat.resident_pages, 77);
  EXPECT_EQ(Measure().cpu_ratio, 0);
  EXPECT_EQ(Measure().read_per_second, 0);
}

TEST_F(ProcessTrackerTest, ThreadsAreNotJudgedByTheFirstOfThem) {
  WriteStat(100, 10, 5000, /*threads=*/2);
  Measure();
  WriteStat(200, 10, 5000, /*threads=*/2);
  EXPECT_DOUBLE_EQ(*Measure().cpu_ratio, 1);
}

TEST_F(ProcessTrackerTest, IoIsReadWhereNothingElseShowsThatItRan) {
  WriteStat(100, 10, 5000, /*threads=*/2);
  Measure();
  Measure();
  WriteIo(17000);
  double rate = 0;
  int seconds = 0;
  for (; rate == 0 && seconds < 100; ++seconds) rate = *Measure().read_per_second;
  EXPECT_LE(seconds, 8);
  EXPECT_DOUBLE_EQ(rate, 16000.0 / seconds);  // over the time since it was read last
  EXPECT_EQ(Measure().read_per_second, 0);
}

TEST_F(ProcessTrackerTest, KernelsThatDoNotCountScheduleNothing) {
  WriteSchedule("0 0 0\n");
  Measure();
  WriteStat(200, 10);
  EXPECT_DOUBLE_EQ(*Measure().cpu_ratio, 1);
}

TEST_F(ProcessTrackerTest, APidThatIsUsedAgainIsAnotherProcess) {
  Measure();
  WriteSchedule("7 7 7\n");
  WriteStat(9000, 5, /*start=*/6000);
  WriteIo(99999);
  const TrackedProcess& process = Measure();
  EXPECT_EQ(process.cpu_ratio, std::nullopt);
  EXPECT_EQ(process.read_per_second, std::nullopt);
  EXPECT_EQ(process.first_seen, tracker_.tick());
  WriteSchedule("7 7 8\n");
  WriteStat(9050, 5, /*start=*/6000);
  EXPECT_DOUBLE_EQ(*Measure().cpu_ratio, 0.5);
}

// A clock that goes on by a millisecond whenever it is looked at.
class BusyClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::UnixEpoch() + Monotonic(); }
  absl::Duration Monotonic() const override { return now_ += absl::Milliseconds(1); }
  absl::Duration SinceBoot() const override { return Monotonic(); }
  bool SleepUntil(absl::Duration, std::stop_token) const override { return false; }

 private:
  mutable absl::Duration now_;
};

TEST(ProcessTracker, WhatDoesNotFitIntoThePassIsCarriedOver) {
  const FixtureTree tree;
  for (int pid = 2000; pid < 2100; ++pid) {
    tree.Write(absl::StrFormat("proc/%d/stat", pid),
               absl::StrFormat("%d (x) S 1 1 1 0 -1 0 0 0 0 0 1 0 0 0 20 0 1 0 5 4096 1 0\n", pid));
  }
  const ProcFs procfs(tree.roots());
  const BusyClock clock;
  ProcessTracker tracker(&procfs, &clock, absl::Milliseconds(10));
  const auto measured = [&] {
    return std::ranges::count_if(tracker.processes(),
                                 [](const auto& process) { return process->measured; });
  };
  ASSERT_THAT(tracker.Measure(), IsOk());
  const auto first = measured();
  EXPECT_GT(first, 10);
  EXPECT_LT(first, 60);
  EXPECT_GT(tracker.carried_over(), 0U);
  EXPECT_FALSE(tracker.falls_behind());  // the first pass does not tell
  int passes = 1;
  for (; measured() < 107 && passes < 30; ++passes) ASSERT_THAT(tracker.Measure(), IsOk());
  EXPECT_GT(passes, 5);
  EXPECT_LT(passes, 15);  // each in its turn
  EXPECT_TRUE(tracker.falls_behind());
}

}  // namespace
}  // namespace syspulse
