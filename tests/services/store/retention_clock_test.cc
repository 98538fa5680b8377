#include "services/store/retention_clock.h"

#include <gtest/gtest.h>

namespace syspulse {
namespace {

constexpr absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);
constexpr absl::Duration kDay = absl::Hours(24);

TEST(RetentionClock, GoesByAClockThatGoesOn) {
  RetentionClock clock;
  for (int minute = 0; minute < 100; ++minute) {
    const absl::Duration passed = absl::Minutes(minute);
    EXPECT_EQ(clock.Follow(kStart + passed, passed, kStart), kStart + passed);
  }
}

TEST(RetentionClock, AWrongClockOfAMinuteMovesItByAnHour) {
  RetentionClock clock;
  clock.Follow(kStart, absl::ZeroDuration(), kStart);
  const absl::Duration minute = absl::Minutes(1);
  EXPECT_EQ(clock.Follow(kStart + 61 * kDay, minute, kStart), kStart + absl::Hours(1));
  EXPECT_EQ(clock.Follow(kStart + 2 * minute, 2 * minute, kStart), kStart + 2 * minute);
}

TEST(RetentionClock, AMachineThatBeginsWithAWrongClockGoesByWhatIsStored) {
  RetentionClock clock;
  EXPECT_EQ(clock.Follow(kStart + 61 * kDay, absl::Hours(5), kStart), kStart);
}

TEST(RetentionClock, CatchesUpWithinADayAfterTwoMonths) {
  RetentionClock clock;
  const absl::Time now = kStart + 60 * kDay;
  clock.Follow(now, absl::ZeroDuration(), kStart);
  EXPECT_LT(clock.Follow(now + kDay / 2, kDay / 2, kStart), now);
  EXPECT_EQ(clock.Follow(now + 2 * kDay, 2 * kDay, kStart), now + 2 * kDay);
}

TEST(RetentionClock, GoesByTheClockWhereNothingIsStored) {
  EXPECT_EQ(RetentionClock().Follow(kStart, absl::ZeroDuration(), std::nullopt), kStart);
}

TEST(RetentionClock, IsNeverAheadOfTheClock) {
  EXPECT_EQ(RetentionClock().Follow(kStart, absl::ZeroDuration(), kStart + kDay), kStart);
}

}  // namespace
}  // namespace syspulse
