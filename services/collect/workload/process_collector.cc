#include "services/collect/workload/process_collector.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <type_traits>
#include <utility>

#include "services/base/status_macros.h"
#include "services/collect/kernel/meminfo_collector.h"
#include "services/collect/kernel/stat_collector.h"
#include "services/collect/lines.h"
#include "services/collect/workload/redaction.h"

namespace syspulse {
namespace {

constexpr std::size_t kMostStatBytes = 1024;  // 52 numbers and a name of at most 64 bytes
constexpr std::size_t kMostIoBytes = 512;
constexpr std::size_t kMostCommandLine = 4096;
// Programs rename themselves and change their user without a new start time: what is known of a
// process is looked at again after so many ticks.
constexpr std::uint64_t kRefreshTicks = 32;
// The kernel keeps about 5 KiB for each file that is open.
constexpr std::size_t kMostFiles = 8192;
constexpr std::int64_t kBootTimeJitter = 2;  // btime moves by a second when NTP slews the clock

double TicksPerSecond() { return static_cast<double>(sysconf(_SC_CLK_TCK)); }

// Fields of stat after the command, counted from the state (field 3) as 0; see proc(5).
enum StatField : std::size_t {
  kPpid = 1,
  kUserTicks = 11,
  kSystemTicks = 12,
  kNice = 16,
  kThreads = 17,
  kStartTicks = 19,
  kVirtualBytes = 20,
  kResidentPages = 21,
  kStatFields = 22,
};

void Count(const PidStat& stat, ProcessTotals* totals) {
  ++totals->processes;
  totals->threads += stat.threads;
  switch (stat.state) {
    case 'R':
      ++totals->running;
      break;
    case 'S':
    case 'I':
      ++totals->sleeping;
      break;
    case 'D':
      ++totals->disk_sleep;
      break;
    case 'T':
    case 't':
      ++totals->stopped;
      break;
    case 'Z':
      ++totals->zombie;
      break;
    default:  // X and what newer kernels add is counted as a process only
      break;
  }
}

// Returns how many files may stay open: the other half of the limit is for everybody else.
std::size_t MostFiles() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  return static_cast<std::size_t>(std::min<rlim_t>(limit.rlim_cur / 2, kMostFiles));
}

// Returns the growth of a counter per second; nothing if it went back.
std::optional<double> Rate(std::uint64_t before, std::uint64_t now, double seconds) {
  if (now < before) return std::nullopt;
  return static_cast<double>(now - before) / seconds;
}

}  // namespace

absl::StatusOr<PidStat> ParsePidStat(std::string_view stat) {
  RETURN_IF_ERROR(CheckWholeLines(stat, "/proc/[pid]/stat"));
  // The command is in parentheses and may hold any, so the last one closes it.
  const std::size_t open = stat.find(" (");
  const std::size_t close = stat.rfind(") ");
  if (open == stat.npos || close == stat.npos || close < open + 2) {
    return BadLine("/proc/[pid]/stat", stat);
  }
  std::array<std::string_view, kStatFields> fields;
  std::string_view rest = stat.substr(close + 2, stat.size() - close - 3);
  for (std::string_view& field : fields) field = TakeField(&rest);
  PidStat parsed{.command = stat.substr(open + 2, close - open - 2)};
  const auto number = [&](std::string_view field, auto* value) {
    const auto read = ParseNumber<std::remove_reference_t<decltype(*value)>>(field);
    if (read) *value = *read;
    return read.has_value();
  };
  const bool good =
      fields[0].size() == 1 && number(stat.substr(0, open), &parsed.pid) &&
      number(fields[kPpid], &parsed.ppid) && number(fields[kUserTicks], &parsed.user_ticks) &&
      number(fields[kSystemTicks], &parsed.system_ticks) && number(fields[kNice], &parsed.nice) &&
      number(fields[kThreads], &parsed.threads) &&
      number(fields[kStartTicks], &parsed.start_ticks) &&
      number(fields[kVirtualBytes], &parsed.virtual_bytes) &&
      number(fields[kResidentPages], &parsed.resident_pages);
  if (!good || parsed.pid <= 0) return BadLine("/proc/[pid]/stat", stat);
  parsed.state = fields[0][0];
  return parsed;
}

absl::StatusOr<PidIo> ParsePidIo(std::string_view io) {
  RETURN_IF_ERROR(CheckWholeLines(io, "/proc/[pid]/io"));
  std::optional<std::uint64_t> read_bytes;
  std::optional<std::uint64_t> write_bytes;
  while (!io.empty()) {
    std::string_view line = TakeUntil(&io, '\n');
    const std::string_view key = TakeUntil(&line, ':');
    if (key == "read_bytes") read_bytes = ParseNumber<std::uint64_t>(TakeField(&line));
    if (key == "write_bytes") write_bytes = ParseNumber<std::uint64_t>(TakeField(&line));
  }
  if (!read_bytes || !write_bytes) {
    return absl::DataLossError("parse /proc/[pid]/io: no read_bytes or write_bytes");
  }
  return PidIo{.read_bytes = *read_bytes, .write_bytes = *write_bytes};
}

std::string JoinArguments(std::string_view cmdline) {
  while (cmdline.ends_with('\0')) cmdline.remove_suffix(1);
  std::string joined = ToUtf8(cmdline.substr(0, kMostCommandLine));
  std::ranges::replace(joined, '\0', ' ');
  if (joined.size() <= kMostCommandLine) return joined;
  // Replacements are longer than what they replace. Cuts between characters.
  std::size_t end = kMostCommandLine;
  while (end > 0 && (static_cast<unsigned char>(joined[end]) & 0xC0) == 0x80) --end;
  joined.resize(end);
  return joined;
}

ProcessCollector::ProcessCollector(const ProcFs* procfs, const Clock* clock, std::string host_id,
                                   UserNames users)
    : clock_(clock),
      host_id_(std::move(host_id)),
      users_(std::move(users)),
      pids_(procfs->Pids()),
      stat_(procfs->Proc("stat")),
      meminfo_(procfs->Proc("meminfo")),
      most_files_(MostFiles()) {}

absl::StatusOr<ProcessCollector::Moment> ProcessCollector::Begin() {
  Moment moment;
  ASSIGN_OR_RETURN(const std::string_view stat_text, stat_.Read());
  ASSIGN_OR_RETURN(const KernelStat stat, ParseKernelStat(stat_text));
  const auto boot = static_cast<std::int64_t>(stat.boot_time_seconds);
  if (std::abs(boot - boot_seconds_) >= kBootTimeJitter) boot_seconds_ = boot;
  moment.boot = absl::FromUnixSeconds(boot_seconds_);
  if (const auto text = meminfo_.Read(); text.ok()) {
    if (const auto fields = ParseMeminfo(*text); fields.ok()) {
      const auto total = std::ranges::find(*fields, "MemTotal", &MemoryField::name);
      if (total != fields->end()) moment.memory_bytes = static_cast<double>(total->value);
    }
  }
  const absl::Duration now = clock_->Monotonic();
  if (last_ && now > *last_) moment.seconds = absl::ToDoubleSeconds(now - *last_);
  last_ = now;
  return moment;
}

void ProcessCollector::Describe(std::int32_t pid, Known* known) {
  if (const std::int64_t owner = pids_.Owner(pid); owner >= 0) known->owner = owner;
  // More than is shown: what is cut inside a secret may not be known for one.
  const PidFileText cmdline = pids_.Read(pid, "cmdline", 2 * kMostCommandLine);
  if (cmdline.error == 0) known->command_line = JoinArguments(RedactSecrets(cmdline.text));
  known->io_denied = false;  // it may be another user's program now
}

void ProcessCollector::ReadIo(const Moment& moment, std::int32_t pid, Known* known,
                              Process* process) {
  if (known->io_denied) return;
  const PidFileText file = ReadKept(pid, "io", kMostIoBytes, &known->io_file);
  if (file.error == EACCES || file.error == EPERM) {
    known->io_denied = true;
  }
  if (file.error != 0) return;
  const absl::StatusOr<PidIo> now = ParsePidIo(file.text);
  if (!now.ok()) return;
  if (known->io && moment.seconds) {
    process->read_bytes_per_second = Rate(known->io->read_bytes, now->read_bytes, *moment.seconds);
    process->write_bytes_per_second =
        Rate(known->io->write_bytes, now->write_bytes, *moment.seconds);
  }
  known->io = *now;
}

// Reads a file of a process, and keeps it open while there is room.
PidFileText ProcessCollector::ReadKept(std::int32_t pid, const char* file, std::size_t limit,
                                       FileDescriptor* kept) {
  files_ -= kept->valid() ? 1 : 0;
  const PidFileText text = pids_.Read(pid, file, limit, kept, files_ < most_files_);
  files_ += kept->valid() ? 1 : 0;
  return text;
}

void ProcessCollector::AddProcess(const Moment& moment, const PidStat& stat, Known* known,
                                  ProcessTable* table) {
  const bool is_new = known->seen == 0 || known->start_ticks != stat.start_ticks;
  if (is_new) {
    *known = Known{.stat_file = std::move(known->stat_file),
                   .start_ticks = stat.start_ticks,
                   .first_seen = tick_};
  }
  const std::uint64_t cpu_ticks = stat.user_ticks + stat.system_ticks;
  const double ticks_per_second = TicksPerSecond();
  Process process{
      .pid = stat.pid,
      .ppid = stat.ppid,
      .start_time =
          moment.boot + absl::Seconds(static_cast<double>(stat.start_ticks) / ticks_per_second),
      .state = stat.state,
      .thread_count = stat.threads,
      .cpu_seconds = static_cast<double>(cpu_ticks) / ticks_per_second,
      .resident_bytes = stat.resident_pages * static_cast<std::int64_t>(sysconf(_SC_PAGESIZE)),
      .virtual_bytes = static_cast<std::int64_t>(stat.virtual_bytes),
      .nice = stat.nice};
  if (moment.memory_bytes > 0) {
    process.memory_utilization_ratio =
        std::clamp(static_cast<double>(process.resident_bytes) / moment.memory_bytes, 0.0, 1.0);
  }
  if (!is_new && moment.seconds) {
    process.cpu_utilization_ratio =
        Rate(known->cpu_ticks, cpu_ticks, *moment.seconds * ticks_per_second);
  }
  // Between fork and exec a process still looks like its parent, hence the second look.
  const bool look = is_new || tick_ == known->first_seen + 1 || known->command != stat.command ||
                    (tick_ + static_cast<std::uint64_t>(stat.pid)) % kRefreshTicks == 0;
  known->command = stat.command;  // before the next read: it points into the text of this one
  if (look) Describe(stat.pid, known);
  ReadIo(moment, stat.pid, known, &process);
  known->seen = tick_;
  known->cpu_ticks = cpu_ticks;
  if (known->owner >= 0) process.user = users_.Name(static_cast<std::uint32_t>(known->owner));
  process.command = ToUtf8(known->command);
  process.command_line = known->command_line;
  Count(stat, &table->totals);
  table->processes.push_back(std::move(process));
}

absl::StatusOr<ProcessTablePtr> ProcessCollector::Collect(absl::Time time) {
  ASSIGN_OR_RETURN(const Moment moment, Begin());
  ASSIGN_OR_RETURN(const std::vector<pid_t>* pids, pids_.List());
  ++tick_;
  // Process 1 always exists, so where it is not listed, hidepid hides it; see proc(5).
  pids_hidden_ = pids->empty() || pids->front() != 1;
  auto table = std::make_shared<ProcessTable>(ProcessTable{.host = host_id_, .time = time});
  table->processes.reserve(pids->size());
  for (const pid_t pid : *pids) {
    Known& known = known_[pid];
    const PidFileText file = ReadKept(pid, "stat", kMostStatBytes, &known.stat_file);
    if (file.error == EACCES || file.error == EPERM) pids_hidden_ = true;
    if (file.error != 0) continue;  // it ended in between
    const absl::StatusOr<PidStat> stat = ParsePidStat(file.text);
    if (stat.ok() && stat->pid == pid) AddProcess(moment, *stat, &known, table.get());
  }
  Forget();
  return table;
}

// Forgets who has ended, and counts what is left.
void ProcessCollector::Forget() {
  files_ = 0;
  io_denied_ = false;
  for (auto entry = known_.begin(); entry != known_.end();) {
    const Known& known = entry->second;
    if (known.seen != tick_) {
      entry = known_.erase(entry);
      continue;
    }
    files_ += (known.stat_file.valid() ? 1U : 0U) + (known.io_file.valid() ? 1U : 0U);
    io_denied_ = io_denied_ || known.io_denied;
    ++entry;
  }
}

std::vector<std::string> ProcessCollector::Limitations() const {
  std::vector<std::string> limitations;
  if (pids_hidden_) {
    limitations.push_back(
        "processes of other users are hidden (procfs is mounted with hidepid); run the agent as "
        "root or in the group that the mount option gid names");
  }
  if (io_denied_) {
    limitations.push_back(
        "disk rates of some processes may not be read; run the agent as root with the capability "
        "CAP_SYS_PTRACE");
  }
  return limitations;
}

}  // namespace syspulse
