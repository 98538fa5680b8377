// Errors of the memory that were corrected, and those that could not be; source:
// /sys/devices/system/edac/mc, see https://docs.kernel.org/admin-guide/RAS/main.html.
#ifndef SERVICES_COLLECT_HARDWARE_EDAC_COLLECTOR_H_
#define SERVICES_COLLECT_HARDWARE_EDAC_COLLECTOR_H_

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// Returns the number of the channel whose corrected errors are in a file of that name: "1" for
// "ch1_ce_count".
std::optional<std::string_view> EdacChannel(std::string_view file);

// A host without memory controllers that tell has nothing to say, and that is no failure.
class EdacCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  explicit EdacCollector(const ProcFs* procfs) : procfs_(procfs) {}

  std::string_view name() const override { return "edac"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  const ProcFs* const procfs_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_HARDWARE_EDAC_COLLECTOR_H_
