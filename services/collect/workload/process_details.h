// What is said of a process beside its numbers; source: the owner of /proc/[pid], and
// /proc/[pid]/{cmdline,exe,cgroup,statm,status,fd}, proc(5).
//
// All of it takes longer to read than to measure the process, so it is read of those that somebody
// sees only. What hardly ever changes is looked at again now and then: programs rename themselves,
// change their user and are moved between cgroups without a new start time. Secrets in command
// lines are taken out here, before anything else sees them.
#ifndef SERVICES_COLLECT_WORKLOAD_PROCESS_DETAILS_H_
#define SERVICES_COLLECT_WORKLOAD_PROCESS_DETAILS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "services/collect/process_files.h"

namespace syspulse {

struct TrackedProcess;

struct ProcessDetails {
  std::int64_t owner = -1;   // user id; negative = not known
  std::string command_line;  // as JoinArguments makes it, without secrets
  std::string executable;    // empty if it has none or may not be read
  std::string container;     // its id, empty outside of containers
  std::string unit;          // of systemd, empty if none
  std::optional<std::int64_t> resident_bytes;
  std::optional<std::int64_t> shared_bytes;
  std::optional<std::int64_t> swap_bytes;
  std::optional<std::int32_t> open_files;
  bool denied = false;  // something may be read by others only

  // Of the reader.
  bool arguments_read = false;
  std::uint64_t described_at = 0;  // the tick, 0 = never
  std::uint64_t counted_at = 0;
  std::uint64_t wanted_at = 0;
  std::string command;  // when it was described
};

// Confined to one thread.
class DetailsReader {
 public:
  // `files` must outlive this.
  explicit DetailsReader(ProcessFiles* files);

  // Says whether the host has swap space; without it nothing is swapped out.
  void SetHasSwap(bool has_swap) { has_swap_ = has_swap; }

  // Reads the details that are missing or old. They are there then.
  void Refresh(std::uint64_t tick, TrackedProcess* process);

  // Forgets the details if nobody asked for them in a while.
  static void Forget(std::uint64_t tick, TrackedProcess* process);

 private:
  void Describe(TrackedProcess* process);
  void Count(TrackedProcess* process);

  ProcessFiles* const files_;
  const std::int64_t page_bytes_;
  bool has_swap_ = true;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_PROCESS_DETAILS_H_
