// Frequencies that processors run at, may run at and are steered to; source:
// /sys/devices/system/cpu/cpu*/cpufreq, see https://docs.kernel.org/admin-guide/pm/cpufreq.html.
#ifndef SERVICES_COLLECT_HARDWARE_CPUFREQ_COLLECTOR_H_
#define SERVICES_COLLECT_HARDWARE_CPUFREQ_COLLECTOR_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

class CpufreqCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  explicit CpufreqCollector(const ProcFs* procfs) : procfs_(procfs) {}

  std::string_view name() const override { return "cpufreq"; }
  // A machine whose processors keep their frequency, such as a virtual one, gives no series.
  absl::Status Collect(MetricWriter* writer) override;

 private:
  const ProcFs* const procfs_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_HARDWARE_CPUFREQ_COLLECTOR_H_
