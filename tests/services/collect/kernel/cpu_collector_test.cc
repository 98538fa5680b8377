#include "services/collect/kernel/cpu_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

TEST(ParseCpuTimes, ReadsEachProcessorAndLeavesTheSumOut) {
  const auto cpus = ParseCpuTimes(
      "cpu  3 3 3 3 3 3 3 3 3 3\n"
      "cpu0 1 2 3 4 5 6 7 8 9 10\n"
      "cpu12 11 12 13 14 15 16 17 18 19 20 21\n"
      "intr 5\n");
  ASSERT_THAT(cpus, IsOk());
  ASSERT_EQ(cpus->size(), 2U);
  EXPECT_EQ((*cpus)[0].ticks[kGuestNice], 10U);
  EXPECT_EQ((*cpus)[1].cpu, 12);
  EXPECT_EQ((*cpus)[1].ticks[kUser], 11U);
}

TEST(ParseCpuTimes, TakesModesThatAnOldKernelLacksForZero) {
  const auto cpus = ParseCpuTimes("cpu0 1 2 3 4\nintr 5\n");
  ASSERT_THAT(cpus, IsOk());
  EXPECT_EQ((*cpus)[0].ticks[kIowait], 0U);
}

TEST(ParseCpuTimes, RefusesWhatIsNotNumbers) {
  for (const char* text :
       {"cpu0 1 2 x 4\nintr 5\n", "cpu0 1 2 3\nintr 5\n", "cpux 1 2 3 4\nintr\n",
        "cpu0 -1 2 3 4\nintr 5\n", "intr 5\n", "", "cpu0 99999999999999999999 2 3 4\nintr 5\n"}) {
    EXPECT_THAT(ParseCpuTimes(text), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("/proc/stat")))
        << text;
  }
}

TEST(ParseCpuTimes, RefusesATextThatEndsAmongTheProcessors) {
  EXPECT_THAT(ParseCpuTimes("cpu0 1 2 3 4\n"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("ends with its processors")));
  EXPECT_THAT(ParseCpuTimes("cpu0 1 2 3 4\ncpu1 1 2 3"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("cut")));
}

CpuTimes Times(std::uint64_t idle, std::uint64_t iowait) {
  CpuTimes times;
  times.ticks[kIdle] = idle;
  times.ticks[kIowait] = iowait;
  return times;
}

TEST(WithoutStepsBack, HoldsATimeThatTheKernelCorrectsDownwards) {
  EXPECT_EQ(WithoutStepsBack(Times(1000, 50), Times(1010, 40)), Times(1010, 50));
}

TEST(WithoutStepsBack, StartsAgainWhenTheProcessorWasPluggedOutAndIn) {
  EXPECT_EQ(WithoutStepsBack(Times(100'000, 50), Times(3, 0)), Times(3, 0));
}

}  // namespace
}  // namespace syspulse
