// Stalls for want of CPU, I/O or memory; source: /proc/pressure, see
// https://www.kernel.org/doc/html/latest/accounting/psi.html.
#ifndef SERVICES_COLLECT_KERNEL_PRESSURE_COLLECTOR_H_
#define SERVICES_COLLECT_KERNEL_PRESSURE_COLLECTOR_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// Time stalled since boot.
struct PressureTotals {
  std::optional<std::uint64_t> some_microseconds;  // at least one task stalled
  std::optional<std::uint64_t> full_microseconds;  // all tasks stalled at once

  bool operator==(const PressureTotals&) const = default;
};

// Returns the totals of a file of that directory; `file` names it in errors. DataLoss if a line is
// not one, or the text is cut or empty.
absl::StatusOr<PressureTotals> ParsePressure(std::string_view pressure, std::string_view file);

class PressureCollector final : public Collector {
 public:
  explicit PressureCollector(const ProcFs& procfs)
      : cpu_(procfs.Proc("pressure/cpu", FileEnd::kShortRead)),
        io_(procfs.Proc("pressure/io", FileEnd::kShortRead)),
        memory_(procfs.Proc("pressure/memory", FileEnd::kShortRead)),
        irq_(procfs.Proc("pressure/irq", FileEnd::kShortRead)) {}

  std::string_view name() const override { return "pressure"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  ProcFile cpu_;
  ProcFile io_;
  ProcFile memory_;
  ProcFile irq_;  // only in some kernels since 6.1
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_KERNEL_PRESSURE_COLLECTOR_H_
