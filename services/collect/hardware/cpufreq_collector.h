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

// Processors, both ends included.
struct CpuRange {
  std::uint32_t first = 0;
  std::uint32_t last = 0;

  bool operator==(const CpuRange&) const = default;
};

// Returns the ranges of a list such as "0,2-4\n"; none for an empty list. DataLoss if it is cut or
// no such list.
absl::StatusOr<std::vector<CpuRange>> ParseCpuList(std::string_view text);

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
