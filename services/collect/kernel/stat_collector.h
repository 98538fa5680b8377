// Interrupts, context switches, forks, boot time and the run queue; source: /proc/stat, proc(5).
#ifndef SERVICES_COLLECT_KERNEL_STAT_COLLECTOR_H_
#define SERVICES_COLLECT_KERNEL_STAT_COLLECTOR_H_

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/shared_file.h"

namespace syspulse {

// The kinds of soft interrupts, as node_exporter names them.
inline constexpr std::array<std::string_view, 10> kSoftirqVectors = {
    "hi",           "timer",   "net_tx", "net_rx",  "block",
    "block_iopoll", "tasklet", "sched",  "hrtimer", "rcu"};

// The lines of /proc/stat that are not processors.
struct KernelStat {
  std::uint64_t interrupts = 0;         // intr: the first number
  std::uint64_t context_switches = 0;   // ctxt
  std::uint64_t boot_time_seconds = 0;  // btime: since the Unix epoch
  std::uint64_t forks = 0;              // processes
  std::uint64_t processes_running = 0;  // procs_running
  std::uint64_t processes_blocked = 0;  // procs_blocked
  // softirq: behind their sum, by vector in the order of kSoftirqVectors; 0 for what the kernel
  // does not have.
  std::array<std::uint64_t, kSoftirqVectors.size()> softirqs{};

  bool operator==(const KernelStat&) const = default;
};

// Returns the lines. DataLoss if one is missing or not a number, or the text is cut.
absl::StatusOr<KernelStat> ParseKernelStat(std::string_view stat);

class StatCollector final : public Collector {
 public:
  // `stat` reads /proc/stat. `softirqs` says whether node_softirqs_total is wanted.
  explicit StatCollector(FileReader stat, bool softirqs = false)
      : softirqs_(softirqs), stat_(std::move(stat)) {}

  std::string_view name() const override { return "stat"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  const bool softirqs_;
  FileReader stat_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_KERNEL_STAT_COLLECTOR_H_
