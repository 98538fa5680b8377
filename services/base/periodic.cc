#include "services/base/periodic.h"

#include <utility>

namespace syspulse {

absl::Time NextMultiple(absl::Time now, absl::Duration interval) {
  const absl::Duration since_epoch = now - absl::UnixEpoch();
  return absl::UnixEpoch() + absl::Floor(since_epoch, interval) + interval;
}

Periodic::Periodic(const Clock* clock, absl::Duration interval,
                   std::function<void(absl::Time)> tick)
    : thread_([clock, interval, tick = std::move(tick),
               deadline = NextMultiple(clock->Now(), interval)](std::stop_token stop) mutable {
        while (clock->SleepUntil(deadline, stop)) {
          tick(deadline);
          deadline = NextMultiple(clock->Now(), interval);
        }
      }) {}

}  // namespace syspulse
