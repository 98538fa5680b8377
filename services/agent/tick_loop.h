// The loop that an agent is there for: it ticks at every multiple of an interval, which may change
// while it runs, and says between the ticks that it is alive.
//
// Deadlines are absolute, as those of Periodic: a tick that overruns makes the ones it ran over be
// skipped; while the loop ticks more often than it would by itself, those that it would have had
// anyway are not, but come late. Where civil time is set back, the next tick is the next multiple
// by the new time. A new interval costs no tick: the one that is due by it comes at once, even if
// it is a little late.
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

  // `own` is the interval that the loop would have by itself, a multiple of `interval`.
  void SetInterval(absl::Duration interval, absl::Duration own);
  void SetInterval(absl::Duration interval) { SetInterval(interval, interval); }

 private:
  struct Pace {
    absl::Duration interval;
    absl::Duration own;
  };

  void Run(const std::stop_token& stop);
  static absl::Time AfterTick(const Pace& pace, absl::Time last, absl::Time now);
  static absl::Time FirstOf(const Pace& pace, absl::Time last, absl::Time now);

  const Clock* const clock_;
  const TickLoopOptions options_;
  const absl::Time started_;

  Mutex mutex_;
  Pace pace_ ABSL_GUARDED_BY(mutex_);
  std::stop_source wake_ ABSL_GUARDED_BY(mutex_);  // ends the wait for the next tick

  std::jthread thread_;  // last: uses everything above
};

}  // namespace syspulse

#endif  // SERVICES_AGENT_TICK_LOOP_H_
