#include "services/base/clock.h"

#include <time.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "absl/time/clock.h"

namespace syspulse {
namespace {

// A step of civil time is noticed within this time, so that a loop never sleeps through a clock
// that was set back.
constexpr absl::Duration kLongestNap = absl::Seconds(1);

}  // namespace

absl::Time SystemClock::Now() const { return absl::Now(); }

absl::Duration SystemClock::Monotonic() const {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return absl::DurationFromTimespec(now);
}

absl::Duration SystemClock::SinceBoot() const {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return absl::DurationFromTimespec(now);
}

bool SystemClock::SleepUntil(absl::Time deadline, std::stop_token stop) const {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    const absl::Duration left = deadline - Now();
    if (left <= absl::ZeroDuration()) return true;
    const auto nap = absl::ToChronoNanoseconds(std::min(left, kLongestNap));
    wake.wait_for(lock, stop, nap, [] { return false; });
  }
  return false;
}

bool SystemClock::SleepUntil(absl::Duration deadline, std::stop_token stop) const {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  const absl::Duration left = deadline - Monotonic();
  wake.wait_for(lock, stop, absl::ToChronoNanoseconds(left), [] { return false; });
  return !stop.stop_requested();
}

}  // namespace syspulse
