#include "services/collect/workload/process_tracker.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <utility>

#include "services/base/status_macros.h"

namespace syspulse {
namespace {

constexpr std::size_t kMostStatBytes = 1024;  // 52 numbers and a name of at most 64 bytes
constexpr std::size_t kMostIoBytes = 512;
constexpr std::size_t kMostScheduleBytes = 64;       // three numbers
constexpr std::string_view kNoSchedule = "0 0 0\n";  // what kernels say that do not count

// The kernel keeps about 5 KiB for each file that is open.
constexpr std::size_t kMostFiles = 16384;
// What collectors keep open, connections, and what is open for a moment.
constexpr rlim_t kOtherFiles = 192;

constexpr std::uint64_t kStatTicks = 16;    // at least so often `stat` is read,
constexpr std::uint64_t kIoTicks = 8;       // and `io`, where something ran
constexpr std::uint64_t kDeniedTicks = 32;  // how long what was denied is not asked for again

// Files of processes that run often stay open.
constexpr int kRan = 3;
constexpr int kMostActivity = 15;
constexpr int kKeepFrom = 4;  // ran twice lately

constexpr int kFirstPasses = 5;   // budgets that the first pass may take, which opens everything
constexpr int kListingShare = 4;  // of a budget, one part is for listing
constexpr std::int64_t kMostListTicks = 30;

// Returns how many files may stay open: half of the limit is for everybody else, and more of a
// tight one.
std::size_t MostFiles() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlim_t left = limit.rlim_cur - std::min(limit.rlim_cur, kOtherFiles);
  return static_cast<std::size_t>(std::min<rlim_t>({limit.rlim_cur / 2, left, kMostFiles}));
}

// Returns the growth of a counter per second; nothing if it went back or no time passed.
std::optional<double> Rate(std::uint64_t before, std::uint64_t now, absl::Duration time) {
  if (now < before || time <= absl::ZeroDuration()) return std::nullopt;
  return static_cast<double>(now - before) / absl::ToDoubleSeconds(time);
}

}  // namespace

ProcessTracker::ProcessTracker(const ProcFs* procfs, const Clock* clock, absl::Duration budget)
    : clock_(clock),
      budget_(budget),
      ticks_per_second_(static_cast<double>(sysconf(_SC_CLK_TCK))),
      pids_(*procfs),
      most_files_(MostFiles()) {}

absl::Status ProcessTracker::Measure() {
  ++tick_;
  const absl::Duration start = clock_->Monotonic();
  if (tick_ >= next_list_) RETURN_IF_ERROR(List());
  MeasureAll(start + (tick_ == 1 ? kFirstPasses : 1) * budget_);
  DropEnded();
  return absl::OkStatus();
}

// Lists less often where there are so many that listing alone would take too long.
absl::Status ProcessTracker::List() {
  const absl::Duration start = clock_->Monotonic();
  ASSIGN_OR_RETURN(const std::vector<pid_t>* pids, pids_.List());
  // Process 1 always exists, so where it is not listed, hidepid hides it; see proc(5).
  hidden_ = pids->empty() || pids->front() != 1;
  Merge(*pids);
  const absl::Duration took = clock_->Monotonic() - start;
  absl::Duration rest;
  const std::int64_t ticks = absl::IDivDuration(took * kListingShare, budget_, &rest) + 1;
  next_list_ =
      tick_ + static_cast<std::uint64_t>(std::clamp<std::int64_t>(ticks, 1, kMostListTicks));
  return absl::OkStatus();
}

// Both are by pid. Who is not listed any more has ended.
void ProcessTracker::Merge(const std::vector<pid_t>& pids) {
  merged_.clear();
  merged_.reserve(pids.size());
  auto known = processes_.begin();
  for (const pid_t pid : pids) {
    for (; known != processes_.end() && (*known)->pid < pid; ++known) CloseAll(known->get());
    if (known != processes_.end() && (*known)->pid == pid) {
      merged_.push_back(std::move(*known++));
    } else {
      merged_.push_back(std::make_unique<TrackedProcess>());
      merged_.back()->pid = pid;
      merged_.back()->first_seen = tick_;
    }
  }
  for (; known != processes_.end(); ++known) CloseAll(known->get());
  processes_.swap(merged_);
  merged_.clear();
}

void ProcessTracker::MeasureAll(absl::Duration deadline) {
  const std::size_t count = processes_.size();
  const auto first = std::ranges::lower_bound(processes_, next_pid_, {},
                                              [](const auto& process) { return process->pid; });
  std::size_t at = static_cast<std::size_t>(first - processes_.begin());
  std::size_t done = 0;
  while (done < count) {
    if (at == count) at = 0;
    const absl::Duration now = clock_->Monotonic();
    // At least one is measured, so that every process has its turn some time.
    if (done > 0 && now > deadline) break;
    MeasureOne(now, processes_[at].get());
    ++at;
    ++done;
  }
  carried_over_ = count - done;
  unfinished_ = carried_over_ > 0 ? std::min(unfinished_ + 1, kFallsBehind) : 0;
  next_pid_ = carried_over_ > 0 && at < count ? processes_[at]->pid : 0;
}

void ProcessTracker::MeasureOne(absl::Duration now, TrackedProcess* process) {
  process->ran = HasRun(process);
  if (process->ran) {
    ReadStat(now, process);
  } else {
    Rest(now, process);
  }
}

// Whether it ran since it was measured, or may have, or it is time to look at it anyway.
bool ProcessTracker::HasRun(TrackedProcess* process) {
  if (process->no_schedule || process->stat.threads > 1) return true;
  const bool known = process->schedule_file.valid();
  if (!known && files_ >= most_files_) return true;
  // What was just opened may be of another process that got the pid.
  const ProcessText now = known ? pids_.ReadKept(process->schedule_file, kMostScheduleBytes)
                                : Read(*process, "schedstat", kMostScheduleBytes,
                                       &process->schedule_file, /*keep=*/true);
  process->no_schedule = !known && (now.error != 0 || now.text == kNoSchedule);
  if (now.error != 0 || process->no_schedule) {
    Close(&process->schedule_file);
    return true;
  }
  const std::string_view before(process->schedule.data(), process->schedule_size);
  const bool same = known && now.text == before;
  std::ranges::copy(now.text, process->schedule.begin());
  process->schedule_size = now.text.size();
  return !same || !process->measured || IsDue(*process, kStatTicks);
}

// What follows from its having used nothing.
void ProcessTracker::Rest(absl::Duration now, TrackedProcess* process) {
  const auto zero = [&](absl::Duration since) {
    return now > since ? std::optional<double>(0) : std::nullopt;
  };
  process->cpu_ratio = zero(process->measured_at);
  if (process->io && process->io_current) {
    process->read_per_second = zero(process->io_at);
    process->write_per_second = process->read_per_second;
    process->io_at = now;
  } else {
    ReadIo(now, process);  // of when it ran last
  }
  process->measured_at = now;
  if (process->activity == 0) return;
  if (--process->activity > 0) return;
  Close(&process->stat_file);
  Close(&process->io_file);
}

void ProcessTracker::ReadStat(absl::Duration now, TrackedProcess* process) {
  // Where it is read in every tick it had better stay open.
  const bool always = process->no_schedule || process->stat.threads > 1;
  const ProcessText text = Read(*process, "stat", kMostStatBytes, &process->stat_file,
                                always || process->activity >= kKeepFrom);
  if (text.denied()) hidden_ = true;
  process->gone = text.error == ENOENT || text.error == ESRCH;
  if (text.error != 0) return;
  const absl::StatusOr<PidStat> stat = ParsePidStat(text.text);
  if (!stat.ok() || stat->pid != process->pid) {
    process->measured = false;
    process->cpu_ratio.reset();
    return;
  }
  if (process->measured && process->stat.start_ticks != stat->start_ticks) StartAfresh(process);
  const std::size_t hash = std::hash<std::string_view>()(text.text);
  const bool changed = !process->measured || hash != process->stat_hash;
  process->stat_hash = hash;
  if (process->measured) {
    process->cpu_ratio = Rate(process->stat.user_ticks + process->stat.system_ticks,
                              stat->user_ticks + stat->system_ticks, now - process->measured_at);
    if (process->cpu_ratio) *process->cpu_ratio /= ticks_per_second_;
  }
  const bool renamed = process->command != stat->command;
  if (renamed) process->command = stat->command;  // before the next read: it points into this one
  process->stat = *stat;
  process->stat.command = {};
  process->measured = true;
  process->measured_at = now;
  if (stat->threads > 1) Close(&process->schedule_file);
  process->activity = changed ? std::min(process->activity + kRan, kMostActivity)
                              : std::max(process->activity - 1, 0);
  if (renamed || IsDue(*process, kDeniedTicks)) process->io_denied = false;

  const bool flows =
      process->read_per_second.value_or(0) + process->write_per_second.value_or(0) > 0;
  process->io_current = false;
  const bool known = process->io && process->read_per_second;
  if (changed || flows || !known || IsDue(*process, kIoTicks)) ReadIo(now, process);
}

// The pid is another process' now.
void ProcessTracker::StartAfresh(TrackedProcess* process) {
  Close(&process->schedule_file);
  Close(&process->io_file);
  TrackedProcess fresh;
  fresh.pid = process->pid;
  fresh.first_seen = tick_;
  fresh.ran = true;
  fresh.no_schedule = process->no_schedule;
  fresh.stat_file = std::move(process->stat_file);
  *process = std::move(fresh);
}

void ProcessTracker::ReadIo(absl::Duration now, TrackedProcess* process) {
  if (process->io_denied) return;
  const ProcessText file =
      Read(*process, "io", kMostIoBytes, &process->io_file, process->activity >= kKeepFrom);
  process->io_denied = file.denied();
  if (file.error != 0) return;
  const absl::StatusOr<PidIo> io = ParsePidIo(file.text);
  if (!io.ok()) return;
  if (process->io) {
    process->read_per_second = Rate(process->io->read_bytes, io->read_bytes, now - process->io_at);
    process->write_per_second =
        Rate(process->io->write_bytes, io->write_bytes, now - process->io_at);
  }
  process->io = *io;
  process->io_at = now;
  process->io_current = true;
}

// Reads a file of a process, and keeps it open if `keep` and while there is room.
ProcessText ProcessTracker::Read(const TrackedProcess& process, const char* file, std::size_t limit,
                                 FileDescriptor* kept, bool keep) {
  files_ -= kept->valid() ? 1 : 0;
  const ProcessText text = pids_.Read(process.pid, file, limit, kept, keep && files_ < most_files_);
  files_ += kept->valid() ? 1 : 0;
  return text;
}

void ProcessTracker::Close(FileDescriptor* file) {
  files_ -= file->valid() ? 1 : 0;
  file->Close();
}

void ProcessTracker::CloseAll(TrackedProcess* process) {
  Close(&process->schedule_file);
  Close(&process->stat_file);
  Close(&process->io_file);
}

void ProcessTracker::DropEnded() {
  std::erase_if(processes_, [&](const std::unique_ptr<TrackedProcess>& process) {
    if (process->gone) CloseAll(process.get());
    return process->gone;
  });
}

// Whether this is the tick for what is done every so many ticks; not the same for all processes.
bool ProcessTracker::IsDue(const TrackedProcess& process, std::uint64_t ticks) const {
  return (tick_ + static_cast<std::uint64_t>(process.pid)) % ticks == 0;
}

}  // namespace syspulse
