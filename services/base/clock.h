// Time as a dependency: every class that needs the time takes a Clock, so tests decide what time it
// is.
//
// Several clocks in one, as the kernel has them. `Now()` is civil time and may jump; `Monotonic()`
// only grows, and is what rates and deadlines are made of; `SinceBoot()` grows while the machine
// sleeps, too. The real clock is made once, in main; tests
// use tests/testing/fake_clock.h.
#ifndef SERVICES_BASE_CLOCK_H_
#define SERVICES_BASE_CLOCK_H_

#include <stop_token>

#include "absl/time/time.h"

namespace syspulse {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // Returns civil time; it may jump in either direction.
  virtual absl::Time Now() const = 0;

  // Returns the time since some fixed moment in the past; it never jumps.
  virtual absl::Duration Monotonic() const = 0;

  // Returns the time since the machine started, its sleep included; it never jumps.
  virtual absl::Duration SinceBoot() const = 0;

  // Waits until `Monotonic()` is at least `deadline`, however civil time jumps. Returns false, at
  // once, if `stop` is requested before.
  virtual bool SleepUntil(absl::Duration deadline, std::stop_token stop) const = 0;
};

// The clock of the machine: CLOCK_REALTIME, CLOCK_MONOTONIC and CLOCK_BOOTTIME.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override;
  absl::Duration Monotonic() const override;
  absl::Duration SinceBoot() const override;
  bool SleepUntil(absl::Duration deadline, std::stop_token stop) const override;
};

// Returns the first multiple of `interval` since the Unix epoch that is later than `now`.
absl::Time NextMultiple(absl::Time now, absl::Duration interval);

}  // namespace syspulse

#endif  // SERVICES_BASE_CLOCK_H_
