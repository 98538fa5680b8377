#include "services/collect/workload/cgroup_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

TEST(ParseCgroupCpu, ReadsWhatThereIs) {
  EXPECT_EQ(
      *ParseCgroupCpu("usage_usec 30\nuser_usec 20\nsystem_usec 10\ncore_sched.x 1\n", "f"),
      (CgroupCpu{.usage_microseconds = 30, .user_microseconds = 20, .system_microseconds = 10}));
  EXPECT_EQ(
      *ParseCgroupCpu("nr_periods 5\nnr_throttled 2\nthrottled_usec 18446744073709551615\n", "f"),
      (CgroupCpu{.periods = 5, .throttled_periods = 2, .throttled_microseconds = kNoLimit}));
}

TEST(ParseCgroupMemory, ReadsOurFieldsAmongMany) {
  const auto memory = ParseCgroupMemory(
      "anon 1\nfile 2\nkernel 9\nfile_mapped 3\ninactive_file 4\nactive_file 5\npgfault 6\n"
      "pgmajfault 7\nthp_fault_alloc 0\n",
      "f");
  ASSERT_THAT(memory, IsOk());
  EXPECT_EQ(*memory, (CgroupMemory{.anonymous = 1,
                                   .file = 2,
                                   .mapped_file = 3,
                                   .active_file = 5,
                                   .inactive_file = 4,
                                   .faults = 6,
                                   .major_faults = 7}));
}

TEST(ParseCgroupMemoryEvents, ReadsLimitsHitAndProcessesKilled) {
  EXPECT_EQ(*ParseCgroupMemoryEvents("low 0\nhigh 0\nmax 9\noom 2\noom_kill 1\n", "f"),
            (CgroupMemoryEvents{.max = 9, .oom_kill = 1}));
}

TEST(ParseCgroupMemory, RefusesWhatIsNoKeyWithANumber) {
  for (const char* text : {"", "anon 1", "anon\n", "anon x\n", "anon -1\n", " 1\n", "\n", "anon \n",
                           "anon 1 2\n", "anon 99999999999999999999\n", "ok 1\n\nanon 1\n"}) {
    EXPECT_THAT(ParseCgroupMemory(text, "memory.stat"),
                StatusIs(kDataLoss, HasSubstr("memory.stat")))
        << text;
  }
}

TEST(ParseCgroupDevices, ReadsEachDevice) {
  const auto devices = ParseCgroupDevices(
      "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n253:12 rbytes=7 wbytes=8 rios=9 "
      "wios=10 cost.usage=3\n",
      "io.stat");
  ASSERT_THAT(devices, IsOk());
  EXPECT_THAT(*devices,
              ElementsAre(CgroupDevice{"8:0", 1, 2, 3, 4}, CgroupDevice{"253:12", 7, 8, 9, 10}));
}

TEST(ParseCgroupDevices, SkipsDevicesThatDidNothing) {
  EXPECT_THAT(*ParseCgroupDevices("", "io.stat"), IsEmpty());
  EXPECT_THAT(*ParseCgroupDevices("8:0 \n8:16\n", "io.stat"), IsEmpty());
  EXPECT_THAT(*ParseCgroupDevices("7:0 7:1 8:0 rbytes=1 wbytes=2 rios=3 wios=4\n", "io.stat"),
              ElementsAre(CgroupDevice{"8:0", 1, 2, 3, 4}));
}

TEST(ParseCgroupDevices, RefusesOtherLines) {
  for (const char* text :
       {"8:0 rbytes=1 wbytes=2", "rbytes=1\n", "sda rbytes=1\n", "8:x rbytes=1\n", "8:0 rbytes=x\n",
        "8:0 rbytes=\n", "8:0 what\n", "8 rbytes=1\n"}) {
    EXPECT_THAT(ParseCgroupDevices(text, "io.stat"), StatusIs(kDataLoss, HasSubstr("io.stat")))
        << text;
  }
}

TEST(ParseCgroupNumber, IsANumberOrNoLimit) {
  EXPECT_EQ(*ParseCgroupNumber("4096\n", "f"), 4096U);
  EXPECT_EQ(*ParseCgroupNumber("max\n", "f"), kNoLimit);
  for (const char* text : {"", "\n", "4096", "max", "maximum\n", "-1\n", "1 2\n", "1\n2\n"}) {
    EXPECT_THAT(ParseCgroupNumber(text, "pids.max"), StatusIs(kDataLoss, HasSubstr("pids.max")))
        << text;
  }
}

TEST(ParseCgroupCpuLimit, IsAQuotaOfAPeriod) {
  EXPECT_EQ(*ParseCgroupCpuLimit("150000 100000\n", "f"), (CgroupCpuLimit{150'000, 100'000}));
  EXPECT_EQ(*ParseCgroupCpuLimit("max 100000\n", "f"), (CgroupCpuLimit{kNoLimit, 100'000}));
  for (const char* text : {"", "max 100000", "max\n", "max max\n", "1 2 3\n", "1 2\n3 4\n", "\n"}) {
    EXPECT_THAT(ParseCgroupCpuLimit(text, "cpu.max"), StatusIs(kDataLoss, HasSubstr("cpu.max")))
        << text;
  }
}

TEST(CountCgroupProcesses, CountsLines) {
  EXPECT_EQ(*CountCgroupProcesses("", "f"), 0U);
  EXPECT_EQ(*CountCgroupProcesses("1\n4194304\n0\n", "f"), 3U);
  for (const char* text : {"1", "1\n2", "\n", "x\n", "-1\n"}) {
    EXPECT_THAT(CountCgroupProcesses(text, "cgroup.procs"),
                StatusIs(kDataLoss, HasSubstr("cgroup.procs")))
        << text;
  }
}

}  // namespace
}  // namespace syspulse
