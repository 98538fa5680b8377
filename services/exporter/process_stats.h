// What our own process uses, as /proc says it; see proc(5).
#ifndef SERVICES_EXPORTER_PROCESS_STATS_H_
#define SERVICES_EXPORTER_PROCESS_STATS_H_

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

// Returns what this process uses. DataLoss if /proc does not read as expected.
absl::StatusOr<ProcessStats> ReadProcessStats(const ProcFs& procfs);

}  // namespace syspulse

#endif  // SERVICES_EXPORTER_PROCESS_STATS_H_
