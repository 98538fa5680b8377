#include "services/base/periodic.h"

#include <utility>

namespace syspulse {

Periodic::Periodic(const Clock* clock, absl::Duration interval, std::function<void()> tick)
    : thread_([clock, interval, tick = std::move(tick),
               deadline = clock->Monotonic() + interval](std::stop_token stop) mutable {
        while (clock->SleepUntil(deadline, stop)) {
          tick();
          const absl::Duration over = clock->Monotonic() - deadline;
          deadline += interval + absl::Floor(over, interval);
        }
      }) {}

}  // namespace syspulse
