// The files of a process and what they say: /proc/[pid]/{stat,io,statm,status,cmdline}, proc(5).
//
// Pure functions over their texts.
#ifndef SERVICES_COLLECT_WORKLOAD_PID_FILES_H_
#define SERVICES_COLLECT_WORKLOAD_PID_FILES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace syspulse {

// The fields of /proc/[pid]/stat that are used.
struct PidStat {
  std::int32_t pid = 0;
  std::string_view command;  // points into the text; may hold spaces and parentheses
  char state = '?';
  std::int32_t ppid = 0;
  std::uint64_t user_ticks = 0;    // of USER_HZ, field 14
  std::uint64_t system_ticks = 0;  // field 15
  std::int32_t nice = 0;
  std::int32_t threads = 0;
  std::uint64_t start_ticks = 0;  // since boot, field 22
  std::uint64_t virtual_bytes = 0;
  std::int64_t resident_pages = 0;

  bool operator==(const PidStat&) const = default;
};

// DataLoss if the text is anything else or cut.
absl::StatusOr<PidStat> ParsePidStat(std::string_view stat);

// The fields of /proc/[pid]/io that are used: storage, not caches.
struct PidIo {
  std::uint64_t read_bytes = 0;
  std::uint64_t write_bytes = 0;

  bool operator==(const PidIo&) const = default;
};

// DataLoss if one of the two is missing, or the text is cut.
absl::StatusOr<PidIo> ParsePidIo(std::string_view io);

// What /proc/[pid]/statm says of the pages in memory. /proc/[pid]/stat has their number as well,
// but not exactly, proc(5).
struct PidPages {
  std::int64_t resident = 0;  // field 2
  std::int64_t shared = 0;    // those backed by files or shared; field 3

  bool operator==(const PidPages&) const = default;
};

// DataLoss if the text is anything else or cut.
absl::StatusOr<PidPages> ParsePidPages(std::string_view statm);

// Returns the anonymous memory that is swapped out: VmSwap of /proc/[pid]/status, in bytes.
// NotFound for kernel threads and zombies, which have no memory.
absl::StatusOr<std::int64_t> ParseSwapBytes(std::string_view status);

// Returns the arguments, which the kernel ends with zeros, joined by spaces, as valid UTF-8 of at
// most 4096 bytes. `cmdline` need not be whole.
std::string JoinArguments(std::string_view cmdline);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_PID_FILES_H_
