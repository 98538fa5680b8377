// All processes, each tick; source: /proc/[pid]/{stat,cmdline,io}, proc(5).
//
// One pass over the directory, one read of `stat` a process. What hardly ever changes (command
// line, user) is kept by pid and start time, which together name a process: a pid that is used
// again starts afresh. A process that ends between two reads is simply not there. Files of
// processes stay open, up to half of the descriptors that this process may have: opening one costs
// more than reading it.
#ifndef SERVICES_COLLECT_WORKLOAD_PROCESS_COLLECTOR_H_
#define SERVICES_COLLECT_WORKLOAD_PROCESS_COLLECTOR_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/collect/procfs.h"
#include "services/collect/workload/user_names.h"
#include "services/model/process_table.h"

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

// Returns the arguments, which the kernel ends with zeros, joined by spaces, as valid UTF-8 of at
// most 4096 bytes. `cmdline` need not be whole.
std::string JoinArguments(std::string_view cmdline);

// Confined to one thread.
class ProcessCollector {
 public:
  // `procfs` and `clock` must outlive this.
  ProcessCollector(const ProcFs* procfs, const Clock* clock, std::string host_id, UserNames users);

  // Returns the processes, as of `time`. Fails only if the directory cannot be listed.
  absl::StatusOr<ProcessTablePtr> Collect(absl::Time time);

  // Returns what could not be seen and why, in sentences; empty when all is well.
  std::vector<std::string> Limitations() const;

 private:
  // What is known of a process from the ticks before.
  struct Known {
    FileDescriptor stat_file;
    FileDescriptor io_file;
    std::uint64_t start_ticks = 0;
    std::uint64_t first_seen = 0;  // the tick
    std::uint64_t seen = 0;        // the last tick
    std::uint64_t cpu_ticks = 0;
    std::optional<PidIo> io;
    bool io_denied = false;
    std::string command;      // as the kernel has it, which need not be UTF-8
    std::int64_t owner = -1;  // user id; negative = not known
    std::string command_line;
  };
  // What holds for all processes in one tick.
  struct Moment {
    absl::Time boot;
    std::optional<double> seconds;  // since the tick before
    double memory_bytes = 0;        // 0 = not known
  };

  absl::StatusOr<Moment> Begin();
  void AddProcess(const Moment& moment, const PidStat& stat, Known* known, ProcessTable* table);
  PidFileText ReadKept(std::int32_t pid, const char* file, std::size_t limit, FileDescriptor* kept);
  void Forget();
  void Describe(std::int32_t pid, Known* known);
  void ReadIo(const Moment& moment, std::int32_t pid, Known* known, Process* process);

  const Clock* const clock_;
  const std::string host_id_;
  UserNames users_;
  PidDirectory pids_;
  ProcFile stat_;
  ProcFile meminfo_;
  std::unordered_map<std::int32_t, Known> known_;
  const std::size_t most_files_;  // that may stay open
  std::size_t files_ = 0;         // that are open
  std::uint64_t tick_ = 0;
  std::optional<absl::Duration> last_;  // monotonic time of the tick before
  std::int64_t boot_seconds_ = 0;       // since the Unix epoch
  bool io_denied_ = false;
  bool pids_hidden_ = false;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_PROCESS_COLLECTOR_H_
