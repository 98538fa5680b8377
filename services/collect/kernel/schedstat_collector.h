// How long processors ran tasks and how long tasks waited for them; source: /proc/schedstat,
// https://docs.kernel.org/scheduler/sched-stats.html.
#ifndef SERVICES_COLLECT_KERNEL_SCHEDSTAT_COLLECTOR_H_
#define SERVICES_COLLECT_KERNEL_SCHEDSTAT_COLLECTOR_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// One processor.
struct CpuSchedule {
  std::string_view cpu;                   // its number; points into the text
  std::uint64_t running_nanoseconds = 0;  // of all tasks, field 7
  std::uint64_t waiting_nanoseconds = 0;  // of all tasks in its run queue, field 8
  std::uint64_t timeslices = 0;           // field 9

  bool operator==(const CpuSchedule&) const = default;
};

// Returns the processors. DataLoss if there is none, a line of one is none, or the text is cut.
absl::StatusOr<std::vector<CpuSchedule>> ParseSchedstat(std::string_view schedstat);

class SchedstatCollector final : public Collector {
 public:
  explicit SchedstatCollector(const ProcFs& procfs) : schedstat_(procfs.Proc("schedstat")) {}

  std::string_view name() const override { return "schedstat"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  ProcFile schedstat_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_KERNEL_SCHEDSTAT_COLLECTOR_H_
