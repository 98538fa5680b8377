// The processes of this host in each tick: the rows that travel, and what is counted over all.
//
// Every process is measured (process_tracker.h). Rows are made, and the details that take longer to
// read are read, of those that use most only, unless all are wanted.
#ifndef SERVICES_COLLECT_WORKLOAD_PROCESS_COLLECTOR_H_
#define SERVICES_COLLECT_WORKLOAD_PROCESS_COLLECTOR_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/collect/procfs.h"
#include "services/collect/workload/process_details.h"
#include "services/collect/workload/process_tracker.h"
#include "services/collect/workload/thread_states.h"
#include "services/collect/workload/user_names.h"
#include "services/model/process_table.h"

namespace syspulse {

struct ProcessOptions {
  // Rows by CPU, as many by memory and as many by I/O: their union travels.
  std::size_t top = std::numeric_limits<std::size_t>::max();
  absl::Duration budget = absl::Milliseconds(50);  // of a pass; see ProcessTracker
  bool count_threads = true;                       // by state, one by one
};

// What is counted over all processes.
struct ProcessCounts {
  absl::Status status = absl::UnavailableError("processes were not counted yet");
  std::int32_t processes = 0;
  std::int32_t threads = 0;
  StateCounts states;         // of processes
  StateCounts thread_states;  // add up to `threads`
};

// Confined to one thread.
class ProcessCollector {
 public:
  // `procfs` and `clock` must outlive this.
  ProcessCollector(const ProcFs* procfs, const Clock* clock, std::string host_id, UserNames users,
                   ProcessOptions options = {});

  // Measures all processes. Fails only if they cannot be listed.
  absl::Status Measure();

  // Returns the rows that travel, as of `time`, with the details that Measure does not read. Fails
  // only if the kernel does not say when it started.
  absl::StatusOr<ProcessTablePtr> Table(absl::Time time);

  // Measures, and returns the table.
  absl::StatusOr<ProcessTablePtr> Collect(absl::Time time);

  // From now on all rows travel, or those that use most only.
  void SetAll(bool all) { all_ = all; }

  // From now on a pass has this budget.
  void SetBudget(absl::Duration budget);

  // Returns what the last Measure counted; the address does not change.
  const ProcessCounts& counts() const { return counts_; }

  // Returns what could not be seen and why, in sentences; empty when all is well.
  std::vector<std::string> Limitations() const;

 private:
  absl::Status ReadHost();
  void CountAll();
  std::vector<TrackedProcess*> Chosen() const;
  Process Row(const TrackedProcess& tracked);

  const std::string host_id_;
  const ProcessOptions options_;
  const Clock* const clock_;
  const double ticks_per_second_;  // USER_HZ
  const std::int64_t page_bytes_;
  UserNames users_;
  ProcFile stat_;
  ProcFile meminfo_;
  ProcessTracker tracker_;
  DetailsReader details_;
  ThreadWalker threads_;
  bool all_ = false;
  absl::Duration budget_;
  ProcessCounts counts_;
  std::int64_t boot_seconds_ = 0;   // since the Unix epoch; 0 = not known
  double memory_bytes_ = 0;         // of the host, 0 = not known
  std::uint64_t host_read_at_ = 0;  // the tick
  std::size_t denied_ = 0;          // processes with files that may not be read
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_PROCESS_COLLECTOR_H_
