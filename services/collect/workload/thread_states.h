// What the threads of a host do, by the kernel's letter for it; source: /proc/[pid]/task/*/stat,
// proc(5).
//
// A process of one thread is known by its own state. Of the others a few threads are looked at in
// each tick, one process after the other, so that a host with tens of thousands of threads costs no
// more than others; what they did when they were looked at last stands until the next time.
#ifndef SERVICES_COLLECT_WORKLOAD_THREAD_STATES_H_
#define SERVICES_COLLECT_WORKLOAD_THREAD_STATES_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "services/collect/process_files.h"

namespace syspulse {

struct TrackedProcess;

using StateCounts = std::map<char, std::int32_t>;  // by the kernel's letter

// Returns how many of `threads` threads are in which state if `seen` of some of them holds for all;
// the result adds up to `threads`, and no state that was seen is lost where there is room for it.
StateCounts ScaleCounts(const StateCounts& seen, std::int32_t threads);

// Confined to one thread.
class ThreadWalker {
 public:
  // `files` must outlive this. Looks at about `most` threads in each tick, at a few times as many
  // in the first.
  ThreadWalker(ProcessFiles* files, int most) : files_(files), most_(most) {}

  // Looks at the threads of some of the processes, which are by pid.
  void Walk(const std::vector<std::unique_ptr<TrackedProcess>>& processes);

 private:
  int LookInto(TrackedProcess* process);

  ProcessFiles* const files_;
  const int most_;
  bool first_ = true;
  std::int32_t next_pid_ = 0;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_THREAD_STATES_H_
