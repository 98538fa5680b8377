// What the files of a cgroup say; see
// https://www.kernel.org/doc/html/latest/admin-guide/cgroup-v2.html. Pure functions.
//
// All of them return DataLoss if the text is cut or not what it should be; `file` names it in
// errors. A field that the kernel does not have is absent.
#ifndef SERVICES_COLLECT_WORKLOAD_CGROUP_FILES_H_
#define SERVICES_COLLECT_WORKLOAD_CGROUP_FILES_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace syspulse {

using CgroupNumber = std::optional<std::uint64_t>;

// cpu.stat. The last three are there with the cpu controller only.
struct CgroupCpu {
  CgroupNumber usage_microseconds;
  CgroupNumber user_microseconds;
  CgroupNumber system_microseconds;
  CgroupNumber periods;            // nr_periods
  CgroupNumber throttled_periods;  // nr_throttled
  CgroupNumber throttled_microseconds;

  bool operator==(const CgroupCpu&) const = default;
};
absl::StatusOr<CgroupCpu> ParseCgroupCpu(std::string_view text, std::string_view file);

// memory.stat, in bytes, and counts of page faults.
struct CgroupMemory {
  CgroupNumber anonymous;  // anon
  CgroupNumber file;
  CgroupNumber mapped_file;  // file_mapped
  CgroupNumber active_file;
  CgroupNumber inactive_file;
  CgroupNumber faults;        // pgfault
  CgroupNumber major_faults;  // pgmajfault

  bool operator==(const CgroupMemory&) const = default;
};
absl::StatusOr<CgroupMemory> ParseCgroupMemory(std::string_view text, std::string_view file);

// memory.events: how often something happened, here or below.
struct CgroupMemoryEvents {
  CgroupNumber max;       // the limit was hit
  CgroupNumber oom_kill;  // processes killed for want of memory

  bool operator==(const CgroupMemoryEvents&) const = default;
};
absl::StatusOr<CgroupMemoryEvents> ParseCgroupMemoryEvents(std::string_view text,
                                                           std::string_view file);

// A device of io.stat.
struct CgroupDevice {
  std::string_view number;  // "8:0"
  CgroupNumber read_bytes;
  CgroupNumber written_bytes;
  CgroupNumber reads;
  CgroupNumber writes;

  bool operator==(const CgroupDevice&) const = default;
};
// A cgroup without I/O so far has an empty file.
absl::StatusOr<std::vector<CgroupDevice>> ParseCgroupDevices(std::string_view text,
                                                             std::string_view file);

// A file that holds one number, or "max": no limit.
inline constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();
absl::StatusOr<std::uint64_t> ParseCgroupNumber(std::string_view text, std::string_view file);

// cpu.max.
struct CgroupCpuLimit {
  std::uint64_t quota_microseconds = kNoLimit;  // in each period
  std::uint64_t period_microseconds = 0;

  bool operator==(const CgroupCpuLimit&) const = default;
};
absl::StatusOr<CgroupCpuLimit> ParseCgroupCpuLimit(std::string_view text, std::string_view file);

// cgroup.procs: how many processes it lists. An empty cgroup has an empty file.
absl::StatusOr<std::uint64_t> CountCgroupProcesses(std::string_view text, std::string_view file);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_CGROUP_FILES_H_
