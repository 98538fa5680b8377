#include "services/store/retention_clock.h"

#include <algorithm>

namespace syspulse {

absl::Time RetentionClock::Follow(absl::Time now, absl::Duration monotonic,
                                  std::optional<absl::Time> newest) {
  constexpr int kFastest = 60;
  if (followed_) {
    time_ += kFastest * (monotonic - *followed_);
  } else {
    time_ = newest.value_or(now);
  }
  followed_ = monotonic;
  time_ = std::min(now, time_);
  return time_;
}

}  // namespace syspulse
