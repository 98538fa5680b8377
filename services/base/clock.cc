#include "services/base/clock.h"

#include <time.h>

#include <condition_variable>
#include <mutex>

#include "absl/time/clock.h"

namespace syspulse {

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

bool SystemClock::SleepUntil(absl::Duration deadline, std::stop_token stop) const {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  const absl::Duration left = deadline - Monotonic();
  wake.wait_for(lock, stop, absl::ToChronoNanoseconds(left), [] { return false; });
  return !stop.stop_requested();
}

absl::Time NextMultiple(absl::Time now, absl::Duration interval) {
  const absl::Duration since_epoch = now - absl::UnixEpoch();
  return absl::UnixEpoch() + absl::Floor(since_epoch, interval) + interval;
}

}  // namespace syspulse
