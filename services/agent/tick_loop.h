// The loop that an agent is there for: it ticks at every multiple of an interval, which may change
// while it runs, and says between the ticks that it is alive.
//
// Deadlines are absolute, as those of Periodic: a tick that overruns makes the ones it ran over be
// skipped. Where civil time is set back, the next tick is the next multiple by the new time. A new
// interval costs no tick: the one that is due by it comes at once, even if it is a little late.
#ifndef SERVICES_AGENT_TICK_LOOP_H_
#define SERVICES_AGENT_TICK_LOOP_H_

#include <functional>
#include <stop_token>
#include <thread>

#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/base/mutex.h"

namespace syspulse {

struct TickLoopOptions {
  absl::Duration interval = absl::Seconds(1);                // between ticks, above zero
  absl::Duration alive_interval = absl::InfiniteDuration();  // between calls of `alive`, at most
  std::function<void(absl::Time)> tick;                      // gets the deadline it is called for
  std::function<void()> alive = [] {};
};

// Thread-safe. Calls everything from a thread of its own, called `sampler`. Stops and joins when
// destroyed.
class TickLoop {
 public:
  // `clock` must outlive this.
  TickLoop(const Clock* clock, TickLoopOptions options);
  ~TickLoop();

  void SetInterval(absl::Duration interval);

 private:
  void Run(const std::stop_token& stop);

  const Clock* const clock_;
  const TickLoopOptions options_;
  const absl::Time started_;

  Mutex mutex_;
  absl::Duration interval_ ABSL_GUARDED_BY(mutex_);
  std::stop_source wake_ ABSL_GUARDED_BY(mutex_);  // ends the wait for the next tick

  std::jthread thread_;  // last: uses everything above
};

}  // namespace syspulse

#endif  // SERVICES_AGENT_TICK_LOOP_H_
