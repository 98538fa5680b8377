// What the service itself knows of each host, written into its history: whether it is up, and what
// is missing of it. So an alert on syspulse_agent_gap_seconds needs nobody to scrape the service.
//
// The names and meanings are those of the exporter's page. Thread-safe.
#ifndef SERVICES_HISTORY_HOST_HEALTH_H_
#define SERVICES_HISTORY_HOST_HEALTH_H_

#include <string_view>

#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/hub/frame_keeper.h"
#include "services/hub/hub.h"
#include "services/model/frame.h"

namespace syspulse {

class HostHealth {
 public:
  // The pointers must outlive this.
  HostHealth(const Hub* hub, FrameKeeper* keeper, const Clock* clock)
      : hub_(hub), keeper_(keeper), clock_(clock) {}

  // Writes a row for each host there is. While nothing can be kept nothing is. Call it every
  // kInterval.
  void Write();

  static constexpr absl::Duration kInterval = absl::Seconds(10);
  // The source of the rows, which is no agent's.
  static constexpr std::string_view kSource = "syspulsed";

 private:
  const Hub* const hub_;
  FrameKeeper* const keeper_;
  const Clock* const clock_;
};

}  // namespace syspulse

#endif  // SERVICES_HISTORY_HOST_HEALTH_H_
