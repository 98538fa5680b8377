#include "services/agent/tick_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <utility>
#include <vector>

#include "services/base/mutex.h"
#include "tests/testing/fake_clock.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

// Ticks and signs of life, as they come. Thread-safe.
class Ticks {
 public:
  void Add(absl::Time deadline) {
    MutexLock lock(mutex_);
    milliseconds_.push_back(absl::ToInt64Milliseconds(deadline - kStart));
    changed_.notify_all();
  }
  void Live() {
    MutexLock lock(mutex_);
    ++lives_;
    changed_.notify_all();
  }
  // Lets time pass in steps until there are so many ticks, and returns all that there are. A step
  // comes when the loop has had the one before, so that it is never far behind.
  std::vector<std::int64_t> Until(std::size_t count, FakeClock* clock, absl::Duration step) {
    MutexLock lock(mutex_);
    while (milliseconds_.size() < count) {
      const int seen = lives_;
      clock->Advance(step);
      changed_.wait_for(mutex_, std::chrono::milliseconds(100),
                        [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return lives_ > seen; });
    }
    return milliseconds_;
  }
  void WaitForLives(int count, FakeClock* clock, absl::Duration step) {
    MutexLock lock(mutex_);
    const int end = lives_ + count;
    while (lives_ < end) {
      clock->Advance(step);
      changed_.wait_for(mutex_, std::chrono::milliseconds(5));
    }
  }
  std::size_t size() const {
    MutexLock lock(mutex_);
    return milliseconds_.size();
  }

 private:
  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<std::int64_t> milliseconds_ ABSL_GUARDED_BY(mutex_);
  int lives_ ABSL_GUARDED_BY(mutex_) = 0;
};

TickLoopOptions Into(Ticks* ticks, absl::Duration interval) {
  return {.interval = interval,
          .alive_interval = absl::Milliseconds(50),
          .tick = [ticks](absl::Time deadline) { ticks->Add(deadline); },
          .alive = [ticks] { ticks->Live(); }};
}

TEST(TickLoop, TicksOnMultiplesOfItsInterval) {
  FakeClock clock(kStart + absl::Milliseconds(300));
  Ticks ticks;
  const TickLoop loop(&clock, Into(&ticks, absl::Seconds(1)));
  EXPECT_EQ(ticks.Until(1, &clock, absl::Milliseconds(50))[0], 1000);
}

TEST(TickLoop, AShorterIntervalIsDueAtOnce) {
  FakeClock clock(kStart);
  Ticks ticks;
  TickLoop loop(&clock, Into(&ticks, absl::Hours(1)));
  ticks.WaitForLives(1, &clock, absl::Seconds(90));
  const std::int64_t passed = absl::ToInt64Milliseconds(clock.Now() - kStart);
  loop.SetInterval(absl::Seconds(10));
  const std::int64_t first = ticks.Until(1, &clock, absl::ZeroDuration())[0];
  EXPECT_EQ(first % 10'000, 0);
  EXPECT_LE(first, passed);
  EXPECT_GT(first, passed - 10'000);
}

TEST(TickLoop, ANewIntervalCostsNoTickOfTheOneBefore) {
  FakeClock clock(kStart);
  Ticks ticks;
  TickLoop loop(&clock, Into(&ticks, absl::Seconds(1)));
  std::size_t seen = ticks.Until(2, &clock, absl::Milliseconds(50)).size();
  loop.SetInterval(absl::Milliseconds(500));
  loop.SetInterval(absl::Seconds(1));  // as it was: nothing happens
  seen = ticks.Until(seen + 2, &clock, absl::Milliseconds(50)).size();
  loop.SetInterval(absl::Milliseconds(500));
  const std::vector<std::int64_t> all = ticks.Until(seen + 4, &clock, absl::Milliseconds(50));
  for (std::size_t i = 1; i < all.size(); ++i) {
    EXPECT_LE(all[i] - all[i - 1], 1000) << i;
    EXPECT_GT(all[i], all[i - 1]);
  }
  EXPECT_EQ(all.back() - all[all.size() - 2], 500);
}

TEST(TickLoop, TicksThatOverrunCostNoneOfItsOwn) {
  FakeClock clock(kStart);
  Ticks ticks;
  TickLoopOptions options = Into(&ticks, absl::Seconds(1));
  options.tick = [&](absl::Time deadline) {
    ticks.Add(deadline);
    clock.Advance(absl::Milliseconds(130));  // which is more than there is
  };
  TickLoop loop(&clock, std::move(options));
  loop.SetInterval(absl::Milliseconds(100), absl::Seconds(1));
  const std::vector<std::int64_t> all = ticks.Until(40, &clock, absl::Milliseconds(10));
  for (std::int64_t own = 1000; own <= all.back(); own += 1000) {
    EXPECT_EQ(std::ranges::count(all, own), 1) << own;
  }
  EXPECT_TRUE(std::ranges::is_sorted(all));
}

TEST(TickLoop, SaysThatItIsAliveBetweenTicks) {
  FakeClock clock(kStart);
  Ticks ticks;
  const TickLoop loop(&clock, Into(&ticks, absl::Hours(1)));
  ticks.WaitForLives(20, &clock, absl::Milliseconds(50));
  EXPECT_EQ(ticks.size(), 0U);
}

TEST(TickLoop, IsSilentWhileATickHangs) {
  FakeClock clock(kStart);
  Mutex mutex;
  std::condition_variable_any changed;
  bool hangs = false;
  bool may_end = false;
  int lives = 0;
  TickLoop loop(&clock, {.tick =
                             [&](absl::Time) {
                               MutexLock lock(mutex);
                               hangs = true;
                               changed.notify_all();
                               while (!may_end) changed.wait(mutex);
                             },
                         .alive =
                             [&] {
                               MutexLock lock(mutex);
                               ++lives;
                             }});
  MutexLock lock(mutex);
  clock.Advance(absl::Seconds(1));
  while (!hangs) changed.wait(mutex);
  const int before = lives;
  clock.Advance(absl::Minutes(1));
  changed.wait_for(mutex, std::chrono::milliseconds(50));
  EXPECT_EQ(lives, before);
  may_end = true;
  changed.notify_all();
}

TEST(TickLoop, GoesOnByTheNewTimeAfterTheClockWasSetBack) {
  FakeClock clock(kStart);
  Ticks ticks;
  const TickLoop loop(&clock, Into(&ticks, absl::Seconds(1)));
  const std::size_t seen = ticks.Until(1, &clock, absl::Milliseconds(50)).size();
  clock.Step(kStart - absl::Hours(1));
  const std::int64_t next = ticks.Until(seen + 1, &clock, absl::Milliseconds(50)).back();
  EXPECT_LE(next, -3'500'000) << "an hour earlier, and no hour later";
}

TEST(TickLoop, StopsAtOnceWhileItWaits) {
  FakeClock clock(kStart);
  Ticks ticks;
  { const TickLoop loop(&clock, Into(&ticks, absl::Hours(1))); }
  EXPECT_EQ(ticks.size(), 0U);
}

}  // namespace
}  // namespace syspulse
