#include "services/base/periodic.h"

#include <gtest/gtest.h>

#include <future>

#include "tests/testing/fake_clock.h"

namespace syspulse {
namespace {

TEST(Periodic, NextMultipleIsLaterThanNow) {
  const absl::Time now = absl::FromUnixSeconds(1'700'000'000);
  EXPECT_EQ(NextMultiple(now, absl::Seconds(1)), now + absl::Seconds(1));
  EXPECT_EQ(NextMultiple(now + absl::Milliseconds(1), absl::Seconds(1)), now + absl::Seconds(1));
  EXPECT_EQ(NextMultiple(now, absl::Seconds(15)), absl::FromUnixSeconds(1'700'000'010));
}

TEST(Periodic, TicksOnWholeMultiples) {
  FakeClock clock(absl::FromUnixSeconds(1'700'000'000) + absl::Milliseconds(300));
  std::promise<absl::Time> ticked;
  const Periodic periodic(&clock, absl::Seconds(1),
                          [&](absl::Time deadline) { ticked.set_value(deadline); });
  clock.Advance(absl::Milliseconds(700));
  EXPECT_EQ(ticked.get_future().get(), absl::FromUnixSeconds(1'700'000'001));
}

TEST(Periodic, AnOverrunSkipsTicksInsteadOfQueueingThem) {
  FakeClock clock(absl::FromUnixSeconds(1'700'000'000));
  std::promise<absl::Time> second;
  int ticks = 0;
  const Periodic periodic(&clock, absl::Seconds(1), [&](absl::Time deadline) {
    if (++ticks == 1) clock.Advance(absl::Milliseconds(3500));  // the first tick takes 3.5 s
    if (ticks == 2) second.set_value(deadline);
  });
  clock.Advance(absl::Seconds(1));
  auto result = second.get_future();
  while (result.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
    clock.Advance(absl::Milliseconds(100));
  }
  EXPECT_GE(result.get(),
            absl::FromUnixSeconds(1'700'000'005));  // later where the clock moved on meanwhile
}

TEST(Periodic, StopsAtOnceWhileItWaits) {
  FakeClock clock;
  const Periodic periodic(&clock, absl::Hours(1), [](absl::Time) { FAIL(); });
}

}  // namespace
}  // namespace syspulse
