// A thread that does something at equal intervals, and never drifts.
#ifndef SERVICES_BASE_PERIODIC_H_
#define SERVICES_BASE_PERIODIC_H_

#include <functional>
#include <thread>

#include "absl/time/time.h"
#include "services/base/clock.h"

namespace syspulse {

// Calls a function once an interval has passed and every interval after that, from a thread of its
// own. Deadlines are absolute, by the monotonic clock: civil time may jump. A call that overruns
// makes the ones it ran over be skipped, never queued. Stops and joins when destroyed.
class Periodic {
 public:
  // `clock` must outlive this. `interval` is above zero.
  Periodic(const Clock* clock, absl::Duration interval, std::function<void()> tick);

 private:
  std::jthread thread_;
};

}  // namespace syspulse

#endif  // SERVICES_BASE_PERIODIC_H_
