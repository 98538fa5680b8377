// Interrupts by processor and line; source: /proc/interrupts, proc(5).
//
// That is processors × lines, 100,000 series on the largest hosts, and the kernel takes
// milliseconds to write the file there: hence a pace of its own and a bound.
#ifndef SERVICES_COLLECT_KERNEL_INTERRUPTS_COLLECTOR_H_
#define SERVICES_COLLECT_KERNEL_INTERRUPTS_COLLECTOR_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/collector_settings.h"
#include "services/collect/procfs.h"

namespace syspulse {

// More than this is a matter for who asks for it: 64 processors with 300 lines each.
inline constexpr std::size_t kMostInterruptSeries = 20'000;

// One line.
struct Interrupt {
  std::string_view type;              // its number, or a name such as "NMI"; points into the text
  std::string info;                   // the controller, or what the name stands for
  std::string devices;                // who handles it, by name, with single spaces
  std::vector<std::uint64_t> counts;  // by processor, as in the first line of the file

  bool operator==(const Interrupt&) const = default;
};

// Returns the lines that count by processor; ERR and MIS do not. DataLoss if a count is no number,
// or the text is cut or empty; ResourceExhausted if there are more than kMostInterruptSeries
// counts.
absl::StatusOr<std::vector<Interrupt>> ParseInterrupts(std::string_view interrupts);

class InterruptsCollector final : public Collector {
 public:
  InterruptsCollector(const ProcFs& procfs, const CollectorSettings& settings)
      : interrupts_(procfs.Proc("interrupts")),
        names_(settings.interrupt_names),
        include_zeros_(settings.interrupts_include_zeros) {}

  std::string_view name() const override { return "interrupts"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  ProcFile interrupts_;
  const NameFilter names_;  // of "type;info;devices"
  const bool include_zeros_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_KERNEL_INTERRUPTS_COLLECTOR_H_
