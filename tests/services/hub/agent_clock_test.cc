#include "services/hub/agent_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace syspulse {
namespace {

using ::testing::Optional;

constexpr absl::Duration kSecond = absl::Seconds(1);

class AgentClockTest : public ::testing::Test {
 protected:
  // Lets time pass for both machines, and the agent send a batch that takes `delay`.
  std::optional<absl::Duration> Send(absl::Duration passed, absl::Duration delay = {}) {
    now_ += passed;
    monotonic_ += passed;
    agent_.time += passed;
    agent_.since_boot += passed;
    return watch_.Add(agent_, now_ + delay, monotonic_ + delay);
  }

  AgentClockWatch watch_;
  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  absl::Duration monotonic_ = absl::Hours(1);
  AgentClock agent_{.time = now_, .since_boot = absl::Hours(9)};
};

TEST_F(AgentClockTest, NothingIsKnownBeforeTheAgentSaidWhatTimeItHas) {
  EXPECT_EQ(watch_.skew(), std::nullopt);
}

TEST_F(AgentClockTest, SkewIsByHowMuchTheAgentIsAhead) {
  agent_.time += absl::Seconds(90);
  EXPECT_EQ(Send(kSecond), std::nullopt);
  EXPECT_THAT(watch_.skew(), Optional(absl::Seconds(90)));
}

TEST_F(AgentClockTest, WhatTookLongToArriveIsNoLag) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Send(kSecond, i == 4 ? absl::Milliseconds(3) : absl::Seconds(5)), std::nullopt);
  }
  EXPECT_THAT(watch_.skew(), Optional(absl::Milliseconds(-3)));
}

TEST_F(AgentClockTest, WhatWasTrueAMinuteAgoCountsNoMore) {
  Send(kSecond);
  for (int i = 0; i < 70; ++i) {
    agent_.time -= absl::Microseconds(500);  // adjusted as fast as adjtimex(2) does
    EXPECT_EQ(Send(kSecond), std::nullopt) << "an adjustment is no step";
  }
  EXPECT_LE(*watch_.skew(), absl::Milliseconds(-5));
  EXPECT_GE(*watch_.skew(), absl::Milliseconds(-36));
}

TEST_F(AgentClockTest, AClockThatIsSetIsSeenHoweverLongBatchesTake) {
  Send(kSecond, absl::Seconds(20));
  agent_.time += absl::Hours(1);
  EXPECT_THAT(Send(kSecond), Optional(absl::Hours(1)));
  EXPECT_THAT(watch_.skew(), Optional(absl::Hours(1)));
  EXPECT_EQ(Send(kSecond), std::nullopt) << "it is told once";
  agent_.time -= absl::Minutes(90);
  EXPECT_THAT(Send(kSecond, absl::Seconds(7)), Optional(-absl::Minutes(90)));
  EXPECT_THAT(watch_.skew(), Optional(-absl::Minutes(30) - absl::Seconds(7)))
      << "what was said before it was set does not count";
}

TEST_F(AgentClockTest, AMachineThatSleptWasNotSet) {
  Send(kSecond);
  EXPECT_EQ(Send(absl::Hours(8)), std::nullopt);
  EXPECT_THAT(watch_.skew(), Optional(absl::ZeroDuration()));
}

TEST_F(AgentClockTest, AServiceWhoseOwnClockIsSetMeasuresAnew) {
  Send(kSecond);
  now_ += absl::Hours(2);
  EXPECT_EQ(Send(kSecond), std::nullopt) << "the agent's clock was not set";
  EXPECT_THAT(watch_.skew(), Optional(-absl::Hours(2)));
}

TEST_F(AgentClockTest, AnotherBootIsNotComparedWithTheOneBefore) {
  Send(kSecond);
  watch_.Restart();
  EXPECT_EQ(watch_.skew(), std::nullopt);
  agent_.since_boot = absl::Seconds(5);
  agent_.time -= absl::Minutes(10);
  EXPECT_EQ(Send(kSecond), std::nullopt);
  EXPECT_THAT(watch_.skew(), Optional(-absl::Minutes(10)));
}

TEST_F(AgentClockTest, ClocksAtTheEndsOfTimeDoNoHarm) {
  Send(kSecond);
  agent_ = {.time = absl::FromUnixSeconds(253'402'300'799), .since_boot = absl::InfiniteDuration()};
  Send(kSecond);
  agent_ = {.time = absl::FromUnixSeconds(-62'135'596'800), .since_boot = -absl::Hours(1)};
  Send(kSecond);
  EXPECT_LT(*watch_.skew(), absl::ZeroDuration());
}

}  // namespace
}  // namespace syspulse
