#include "services/base/periodic.h"

#include <gtest/gtest.h>

#include <future>

#include "tests/testing/fake_clock.h"

namespace syspulse {
namespace {

// Returns what `result` is in the end; it may be later than it need be, as the clock moves on.
absl::Duration AdvanceUntilReady(FakeClock* clock, std::future<absl::Duration> result) {
  while (result.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
    clock->Advance(absl::Milliseconds(100));
  }
  return result.get();
}

TEST(NextMultiple, IsLaterThanNow) {
  const absl::Time now = absl::FromUnixSeconds(1'700'000'000);
  EXPECT_EQ(NextMultiple(now, absl::Seconds(1)), now + absl::Seconds(1));
  EXPECT_EQ(NextMultiple(now + absl::Milliseconds(1), absl::Seconds(1)), now + absl::Seconds(1));
  EXPECT_EQ(NextMultiple(now, absl::Seconds(15)), absl::FromUnixSeconds(1'700'000'010));
}

TEST(Periodic, TicksWheneverTheIntervalHasPassed) {
  FakeClock clock;
  std::promise<absl::Duration> first;
  std::promise<absl::Duration> second;
  int ticks = 0;
  const absl::Duration begin = clock.Monotonic();
  const Periodic periodic(&clock, absl::Seconds(1), [&] {
    if (++ticks <= 2) (ticks == 1 ? first : second).set_value(clock.Monotonic());
  });
  clock.Advance(absl::Seconds(1));
  EXPECT_EQ(first.get_future().get(), begin + absl::Seconds(1));
  const absl::Duration at = AdvanceUntilReady(&clock, second.get_future());
  EXPECT_GE(at, begin + absl::Seconds(2));
}

TEST(Periodic, GoesOnWhenTheClockIsSetBack) {
  FakeClock clock;
  std::promise<void> ticked;
  const Periodic periodic(&clock, absl::Seconds(1), [&] { ticked.set_value(); });
  clock.Step(clock.Now() - absl::Hours(1));
  clock.Advance(absl::Seconds(1));
  EXPECT_EQ(ticked.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

TEST(Periodic, AnOverrunSkipsTicksInsteadOfQueueingThem) {
  FakeClock clock;
  const absl::Duration begin = clock.Monotonic();
  std::promise<absl::Duration> second;
  int ticks = 0;
  const Periodic periodic(&clock, absl::Seconds(1), [&] {
    if (++ticks == 1) clock.Advance(absl::Milliseconds(3500));  // the first tick takes 3.5 s
    if (ticks == 2) second.set_value(clock.Monotonic());
  });
  clock.Advance(absl::Seconds(1));
  EXPECT_GE(AdvanceUntilReady(&clock, second.get_future()), begin + absl::Seconds(5));
}

TEST(Periodic, StopsAtOnceWhileItWaits) {
  FakeClock clock;
  const Periodic periodic(&clock, absl::Hours(1), [] { FAIL(); });
}

}  // namespace
}  // namespace syspulse
