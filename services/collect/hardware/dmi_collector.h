// What the firmware says of the machine it runs on; source: /sys/class/dmi/id.
#ifndef SERVICES_COLLECT_HARDWARE_DMI_COLLECTOR_H_
#define SERVICES_COLLECT_HARDWARE_DMI_COLLECTOR_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

class DmiCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  explicit DmiCollector(const ProcFs* procfs) : procfs_(procfs) {}

  std::string_view name() const override { return "dmi"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  absl::StatusOr<std::vector<std::string>> Read() const;

  const ProcFs* const procfs_;
  std::vector<std::string> values_;  // of the labels; read once, for they change with a reboot only
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_HARDWARE_DMI_COLLECTOR_H_
