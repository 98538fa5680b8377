// What our own process uses, as /proc says it; see proc(5).
#ifndef SERVICES_EXPORTER_PROCESS_STATS_H_
#define SERVICES_EXPORTER_PROCESS_STATS_H_

#include <optional>

#include "absl/status/statusor.h"
#include "services/collect/procfs.h"

namespace syspulse {

struct ProcessStats {
  double cpu_seconds = 0;         // user and system; /proc/self/stat fields 14 and 15
  double start_time_seconds = 0;  // since the Unix epoch; field 22 and btime of /proc/stat
  double virtual_bytes = 0;       // field 23
  double resident_bytes = 0;      // field 24, in pages
  double open_files = 0;          // entries of /proc/self/fd
  double max_files = 0;           // soft limit; getrlimit(2)
};

// Confined to one thread at a time.
class ProcessStatsReader {
 public:
  // `procfs` must outlive this.
  explicit ProcessStatsReader(const ProcFs* procfs) : procfs_(procfs) {}

  // Returns what this process uses. DataLoss if /proc does not read as expected.
  absl::StatusOr<ProcessStats> Read();

 private:
  const ProcFs* const procfs_;
  std::optional<double> boot_time_;  // of the kernel, in seconds since the Unix epoch
};

}  // namespace syspulse

#endif  // SERVICES_EXPORTER_PROCESS_STATS_H_
