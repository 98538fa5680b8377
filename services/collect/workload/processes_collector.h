// node_processes_*: processes and threads by state, and the limits; source: what the process table
// counted (process_collector.h) and /proc/sys/kernel/{threads-max,pid_max}.
#ifndef SERVICES_COLLECT_WORKLOAD_PROCESSES_COLLECTOR_H_
#define SERVICES_COLLECT_WORKLOAD_PROCESSES_COLLECTOR_H_

#include <string_view>

#include "services/collect/collector.h"
#include "services/collect/procfs.h"
#include "services/collect/workload/process_collector.h"

namespace syspulse {

class ProcessesCollector final : public Collector {
 public:
  // `counts` must outlive this; null where nobody counts.
  ProcessesCollector(const ProcFs& procfs, const ProcessCounts* counts);

  std::string_view name() const override { return "processes"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  const ProcessCounts* const counts_;
  ProcFile most_threads_;
  ProcFile most_pids_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_PROCESSES_COLLECTOR_H_
