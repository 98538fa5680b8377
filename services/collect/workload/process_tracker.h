// What every process does, measured in each tick; source: /proc/[pid]/{schedstat,stat,io}, proc(5).
//
// Most processes sleep through most ticks, so what is looked at first is cheap: `schedstat` changes
// whenever a thread ran, and is read for a tenth of what `stat` costs. A process of one thread that
// did not run has used nothing, and nothing else is read. Its memory may change all the same (it is
// swapped out, say), so `stat` is read now and then anyway. `io` is read when `stat` changed, and
// now and then; rates cover the time between the two readings, whenever they were.
//
// Pid and start time together name a process: a pid that is used again starts afresh. What stays
// open never reads another process.
//
// A pass has a budget of time. What does not fit is carried over: the next pass begins where this
// one ended, and processes that it did not reach keep what is known of them.
#ifndef SERVICES_COLLECT_WORKLOAD_PROCESS_TRACKER_H_
#define SERVICES_COLLECT_WORKLOAD_PROCESS_TRACKER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/collect/file_descriptor.h"
#include "services/collect/process_files.h"
#include "services/collect/procfs.h"
#include "services/collect/workload/pid_files.h"
#include "services/collect/workload/process_details.h"
#include "services/collect/workload/thread_states.h"

namespace syspulse {

// One process over the ticks.
struct TrackedProcess {
  std::int32_t pid = 0;
  std::uint64_t first_seen = 0;  // the tick
  bool measured = false;         // what follows is known
  bool gone = false;             // it ended

  PidStat stat;         // as it was read last; its command is below
  std::string command;  // as the kernel has it, which need not be UTF-8
  bool ran = false;     // since the measurement before, or it cannot be told

  // Over the time between the last two measurements; absent where there was one only.
  std::optional<double> cpu_ratio;         // of one core
  std::optional<double> read_per_second;   // bytes, from storage
  std::optional<double> write_per_second;  // bytes
  bool io_denied = false;

  std::unique_ptr<ProcessDetails> details;  // null unless they were asked for lately
  StateCounts threads;                      // as they were looked at last; of those with several

  // Of the tracker.
  FileDescriptor schedule_file;
  FileDescriptor stat_file;
  FileDescriptor io_file;
  std::array<char, 64> schedule{};  // text of schedstat
  std::size_t schedule_size = 0;
  bool no_schedule = false;    // this kernel does not say
  std::size_t stat_hash = 0;   // of the text
  int activity = 0;            // 0 to 15: how often it ran lately
  absl::Duration measured_at;  // monotonic
  std::optional<PidIo> io;     // as it was read last
  absl::Duration io_at;        // monotonic: when `io` held last
  bool io_current = false;     // it did not run since `io` was read
};

// Confined to one thread.
class ProcessTracker {
 public:
  // `procfs` and `clock` must outlive this. A pass takes about `budget` at most, the first one a
  // few times as long.
  ProcessTracker(const ProcFs* procfs, const Clock* clock, absl::Duration budget);

  // From now on a pass has this budget.
  void SetBudget(absl::Duration budget) { budget_ = budget; }

  // Makes one pass. Fails only if the processes cannot be listed.
  absl::Status Measure();

  // Returns the processes by pid; valid until the next pass.
  const std::vector<std::unique_ptr<TrackedProcess>>& processes() const { return processes_; }

  // Returns the number of the pass, from 1.
  std::uint64_t tick() const { return tick_; }
  // Returns how many processes the last pass did not reach.
  std::size_t carried_over() const { return carried_over_; }
  // Whether passes have not reached all processes for several ticks now; the first one, which opens
  // all files, and a moment in which others need the processor do not tell.
  bool falls_behind() const { return unfinished_ >= kFallsBehind; }
  // Whether some processes cannot be seen.
  bool hidden() const { return hidden_; }
  // Returns the files of the processes.
  ProcessFiles* files() { return &pids_; }

 private:
  static constexpr int kFallsBehind = 5;

  absl::Status List();
  void Merge(const std::vector<pid_t>& pids);
  void MeasureAll(absl::Duration deadline);
  void MeasureOne(absl::Duration now, TrackedProcess* process);
  bool HasRun(TrackedProcess* process);
  void Rest(absl::Duration now, TrackedProcess* process);
  void ReadStat(absl::Duration now, TrackedProcess* process);
  void StartAfresh(TrackedProcess* process);
  void ReadIo(absl::Duration now, TrackedProcess* process);
  ProcessText Read(const TrackedProcess& process, const char* file, std::size_t limit,
                   FileDescriptor* kept, bool keep);
  void Close(FileDescriptor* file);
  void CloseAll(TrackedProcess* process);
  void DropEnded();
  bool IsDue(const TrackedProcess& process, std::uint64_t ticks) const;

  const Clock* const clock_;
  absl::Duration budget_;
  const double ticks_per_second_;  // USER_HZ
  ProcessFiles pids_;
  std::vector<std::unique_ptr<TrackedProcess>> processes_;
  std::vector<std::unique_ptr<TrackedProcess>> merged_;  // kept for its memory
  const std::size_t most_files_;                         // that may stay open
  std::size_t files_ = 0;                                // that are open
  std::uint64_t tick_ = 0;
  std::uint64_t next_list_ = 0;  // the tick
  std::int32_t next_pid_ = 0;    // where the next pass begins
  std::size_t carried_over_ = 0;
  int unfinished_ = 0;  // passes, one after the other
  bool hidden_ = false;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_PROCESS_TRACKER_H_
