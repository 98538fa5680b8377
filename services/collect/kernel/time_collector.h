// Civil time, time zone and clock sources; source: the clock and
// /sys/devices/system/clocksource.
#ifndef SERVICES_COLLECT_KERNEL_TIME_COLLECTOR_H_
#define SERVICES_COLLECT_KERNEL_TIME_COLLECTOR_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

class TimeCollector final : public Collector {
 public:
  // `procfs` and `clock` must outlive this. `zone` is the host's.
  TimeCollector(const ProcFs* procfs, const Clock* clock, absl::TimeZone zone)
      : procfs_(procfs), clock_(clock), zone_(zone) {}

  std::string_view name() const override { return "time"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  // One clocksourceN of sysfs.
  struct Device {
    std::string number;
    ProcFile available;
    ProcFile current;
  };
  // What a device said.
  struct Sources {
    std::vector<std::string_view> available;
    std::string_view current;
  };
  absl::Status FindDevices();
  static absl::StatusOr<Sources> ReadSources(Device* device);

  const ProcFs* const procfs_;
  const Clock* const clock_;
  const absl::TimeZone zone_;
  std::vector<Device> devices_;  // they do not change while a kernel runs
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_KERNEL_TIME_COLLECTOR_H_
