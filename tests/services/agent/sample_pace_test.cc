#include "services/agent/sample_pace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace syspulse {
namespace {

using ::testing::ElementsAre;

constexpr PaceLimits kLimits = {.interval = absl::Seconds(1), .least = absl::Milliseconds(100)};

absl::Duration PaceFor(absl::Duration wanted, PaceLimits limits = kLimits) {
  SamplePace pace(limits);
  pace.SetDemand({.sample_interval = wanted});
  return pace.interval();
}

TEST(SamplePace, IsTheAgentsOwnWhileNobodyWantsMore) {
  SamplePace pace(kLimits);
  EXPECT_EQ(pace.interval(), absl::Seconds(1));
  pace.SetDemand({.all_processes = true});
  EXPECT_EQ(pace.interval(), absl::Seconds(1));
  EXPECT_EQ(PaceFor(absl::Seconds(1)), absl::Seconds(1));
  EXPECT_EQ(PaceFor(absl::Seconds(7)), absl::Seconds(1));
}

TEST(SamplePace, DividesTheOwnIntervalAndIsNotBelowWhatIsWanted) {
  EXPECT_EQ(PaceFor(absl::Milliseconds(100)), absl::Milliseconds(100));
  EXPECT_EQ(PaceFor(absl::Milliseconds(101)), absl::Milliseconds(125));
  EXPECT_EQ(PaceFor(absl::Milliseconds(250)), absl::Milliseconds(250));
  EXPECT_EQ(PaceFor(absl::Milliseconds(300)), absl::Milliseconds(500));
  EXPECT_EQ(PaceFor(absl::Milliseconds(501)), absl::Seconds(1));
  const PaceLimits odd = {.interval = absl::Milliseconds(1007), .least = absl::Milliseconds(100)};
  EXPECT_EQ(PaceFor(absl::Milliseconds(100), odd), absl::Milliseconds(1007)) << "19 times 53 ms";
  const PaceLimits hour = {.interval = absl::Hours(1), .least = absl::Milliseconds(100)};
  EXPECT_EQ(PaceFor(absl::Milliseconds(100), hour), absl::Milliseconds(100));
}

TEST(SamplePace, IsNotBelowWhatTheAgentAccepts) {
  const PaceLimits half = {.interval = absl::Seconds(1), .least = absl::Milliseconds(500)};
  EXPECT_EQ(PaceFor(absl::Milliseconds(100), half), absl::Milliseconds(500));
  const PaceLimits none = {.interval = absl::Seconds(1), .least = absl::Hours(1)};
  EXPECT_EQ(PaceFor(absl::Milliseconds(100), none), absl::Seconds(1));
  const PaceLimits fast = {.interval = absl::Milliseconds(100), .least = absl::Milliseconds(100)};
  EXPECT_EQ(PaceFor(absl::Nanoseconds(1), fast), absl::Milliseconds(100));
}

TEST(SamplePace, IsTheShortestOfWhatIsWanted) {
  SamplePace pace(kLimits);
  pace.SetDemand(
      {.sample_interval = absl::Milliseconds(500), .process_interval = absl::Milliseconds(200)});
  EXPECT_EQ(pace.interval(), absl::Milliseconds(200));
}

TEST(SamplePace, KnowsWhatATickIsFor) {
  SamplePace pace(kLimits);
  pace.SetDemand({.all_processes = true, .sample_interval = absl::Milliseconds(200)});
  const absl::Time second = absl::FromUnixSeconds(1'700'000'000);
  const TickPurpose own = pace.PurposeOf(second);
  EXPECT_TRUE(own.own);
  EXPECT_TRUE(own.all_processes);
  EXPECT_EQ(own.process_interval, absl::Seconds(1));
  const TickPurpose between = pace.PurposeOf(second + absl::Milliseconds(200));
  EXPECT_FALSE(between.own);
  EXPECT_TRUE(between.system);
  EXPECT_FALSE(between.processes);
  pace.SetDemand({.process_interval = absl::Milliseconds(200)});
  EXPECT_FALSE(pace.PurposeOf(second + absl::Milliseconds(200)).system);
  EXPECT_TRUE(pace.PurposeOf(second + absl::Milliseconds(200)).processes);
  EXPECT_EQ(pace.PurposeOf(second).process_interval, absl::Milliseconds(200));
}

TEST(SamplePace, TellsWhoFollowsOfEachChange) {
  SamplePace pace(kLimits);
  std::vector<absl::Duration> heard;
  pace.Follow([&](absl::Duration interval, absl::Duration) { heard.push_back(interval); });
  pace.SetDemand({.sample_interval = absl::Milliseconds(100)});
  pace.SetLimits({.interval = absl::Seconds(1), .least = absl::Milliseconds(250)});
  pace.SetDemand({});
  pace.SetLimits({.interval = absl::Seconds(5), .least = absl::Milliseconds(250)});
  pace.Follow(nullptr);
  pace.SetDemand({.sample_interval = absl::Milliseconds(500)});
  EXPECT_THAT(heard, ElementsAre(absl::Seconds(1), absl::Milliseconds(100), absl::Milliseconds(250),
                                 absl::Seconds(1), absl::Seconds(5)));
}

}  // namespace
}  // namespace syspulse
