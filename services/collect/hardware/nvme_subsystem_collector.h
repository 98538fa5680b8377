// NVMe subsystems, which are reached over several controllers, and how many of these paths are up;
// source: /sys/class/nvme-subsystem.
#ifndef SERVICES_COLLECT_HARDWARE_NVME_SUBSYSTEM_COLLECTOR_H_
#define SERVICES_COLLECT_HARDWARE_NVME_SUBSYSTEM_COLLECTOR_H_

#include <string_view>

#include "absl/status/status.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// Returns the state of a controller as metrics name it; "unknown" for one that the kernel did not
// have when this was written.
std::string_view NvmeControllerState(std::string_view text);

class NvmeSubsystemCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  explicit NvmeSubsystemCollector(const ProcFs* procfs) : procfs_(procfs) {}

  std::string_view name() const override { return "nvmesubsystem"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  const ProcFs* const procfs_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_HARDWARE_NVME_SUBSYSTEM_COLLECTOR_H_
