// NVMe controllers and the namespaces on them; source: /sys/class/nvme.
#ifndef SERVICES_COLLECT_HARDWARE_NVME_COLLECTOR_H_
#define SERVICES_COLLECT_HARDWARE_NVME_COLLECTOR_H_

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// Returns the identifier of the namespace that a directory of a controller is: "1" for "nvme0n1".
// Nothing if it is no namespace, or one path of several to it ("nvme0c0n1").
std::optional<std::string_view> NvmeNamespaceId(std::string_view directory);

class NvmeCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  explicit NvmeCollector(const ProcFs* procfs) : procfs_(procfs) {}

  std::string_view name() const override { return "nvme"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  const ProcFs* const procfs_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_HARDWARE_NVME_COLLECTOR_H_
