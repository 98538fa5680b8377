// Temperatures of the platform's zones, and how far what cools them is throttled; source:
// /sys/class/thermal, see https://docs.kernel.org/driver-api/thermal/sysfs-api.html.
#ifndef SERVICES_COLLECT_HARDWARE_THERMAL_ZONE_COLLECTOR_H_
#define SERVICES_COLLECT_HARDWARE_THERMAL_ZONE_COLLECTOR_H_

#include <string_view>

#include "absl/status/status.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// A host without zones has nothing to say, and that is no failure.
class ThermalZoneCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  explicit ThermalZoneCollector(const ProcFs* procfs) : procfs_(procfs) {}

  std::string_view name() const override { return "thermal_zone"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  const ProcFs* const procfs_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_HARDWARE_THERMAL_ZONE_COLLECTOR_H_
