// A thread that does something at every multiple of an interval, and never drifts.
#ifndef SERVICES_BASE_PERIODIC_H_
#define SERVICES_BASE_PERIODIC_H_

#include <functional>
#include <thread>

#include "absl/time/time.h"
#include "services/base/clock.h"

namespace syspulse {

// Returns the first multiple of `interval` since the Unix epoch that is later than `now`.
absl::Time NextMultiple(absl::Time now, absl::Duration interval);

// Calls a function at every multiple of the interval, from a thread of its own. Deadlines are
// absolute: a call that overruns makes the ones it ran over be skipped, never queued. Stops and
// joins when destroyed.
class Periodic {
 public:
  // `clock` must outlive this. `interval` is above zero. `tick` gets the deadline that it is called
  // for.
  Periodic(const Clock* clock, absl::Duration interval, std::function<void(absl::Time)> tick);

 private:
  std::jthread thread_;
};

}  // namespace syspulse

#endif  // SERVICES_BASE_PERIODIC_H_
