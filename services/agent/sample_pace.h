// How often the agent samples: at an interval of its own and, while readers want more, in between.
//
// What is sampled in between divides the agent's own interval, so that its own samples are what
// they would be without. The agent caps what it accepts.
#ifndef SERVICES_AGENT_SAMPLE_PACE_H_
#define SERVICES_AGENT_SAMPLE_PACE_H_

#include <functional>

#include "absl/time/time.h"
#include "services/base/mutex.h"
#include "services/model/demand.h"

namespace syspulse {

struct PaceLimits {
  absl::Duration interval;  // the agent's own
  absl::Duration least;     // between two samples, whoever asks
};

// What the tick of a deadline is for.
struct TickPurpose {
  bool own = false;        // a sample that the agent takes by itself: everything
  bool system = false;     // else whether readers want the system's values
  bool processes = false;  // and processes
  bool all_processes = false;
  absl::Duration process_interval;  // between two passes over the processes
};

// Thread-safe.
class SamplePace {
 public:
  explicit SamplePace(PaceLimits limits);

  void SetLimits(PaceLimits limits);
  void SetDemand(const Demand& demand);

  // Returns the time between two ticks, all of which fall on its multiples.
  absl::Duration interval() const;

  TickPurpose PurposeOf(absl::Time deadline) const;

  // Tells `follower` the time between two ticks and the agent's own, now and whenever they change,
  // until another takes its place; null for none. It is called under the lock of this: it must not
  // call back.
  using Follower = std::function<void(absl::Duration interval, absl::Duration own)>;
  void Follow(Follower follower);

 private:
  void ChangeLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  PaceLimits limits_ ABSL_GUARDED_BY(mutex_);
  Demand demand_ ABSL_GUARDED_BY(mutex_);
  absl::Duration interval_ ABSL_GUARDED_BY(mutex_);
  Follower follower_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace syspulse

#endif  // SERVICES_AGENT_SAMPLE_PACE_H_
