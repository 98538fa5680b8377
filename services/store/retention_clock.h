// The time that retention goes by. A clock that is wrong for a minute (of a machine that booted
// without the network, or was resumed) must not cost the history: this one follows it at a pace at
// which somebody can notice.
#ifndef SERVICES_STORE_RETENTION_CLOCK_H_
#define SERVICES_STORE_RETENTION_CLOCK_H_

#include <optional>

#include "absl/time/time.h"

namespace syspulse {

// Confined to one thread.
class RetentionClock {
 public:
  // Returns the time by the clock, or one behind it: it begins at the newest time that is stored,
  // which is where the clock was when the store was last in use, and goes on by 60 hours in an hour
  // at most. After two months without the service it has caught up within a day.
  absl::Time Follow(absl::Time now, absl::Duration monotonic, std::optional<absl::Time> newest);

 private:
  absl::Time time_;
  std::optional<absl::Duration> followed_;  // when last, monotonic
};

}  // namespace syspulse

#endif  // SERVICES_STORE_RETENTION_CLOCK_H_
