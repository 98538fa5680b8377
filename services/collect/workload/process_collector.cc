#include "services/collect/workload/process_collector.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/collect/kernel/meminfo_collector.h"
#include "services/collect/kernel/stat_collector.h"
#include "services/collect/workload/process_ranking.h"

namespace syspulse {
namespace {

constexpr std::int64_t kBootTimeJitter = 2;  // btime moves by a second when NTP slews the clock
constexpr std::uint64_t kHostTicks = 32;     // how long boot time and size of memory are good for
constexpr int kThreadsATick = 64;            // looked at one by one
constexpr int kDetailsShare = 2;             // of a budget, one part more for details

std::uint64_t CpuTicks(const PidStat& stat) { return stat.user_ticks + stat.system_ticks; }

std::int32_t CountOf(const StateCounts& counts, std::string_view letters) {
  std::int32_t sum = 0;
  for (const char letter : letters) {
    const auto found = counts.find(letter);
    if (found != counts.end()) sum += found->second;
  }
  return sum;
}

// What newer kernels add to the letters is counted as a process only.
ProcessTotals Totals(const ProcessCounts& counts) {
  return ProcessTotals{.processes = counts.processes,
                       .threads = counts.threads,
                       .running = CountOf(counts.states, "R"),
                       .sleeping = CountOf(counts.states, "SI"),
                       .disk_sleep = CountOf(counts.states, "D"),
                       .stopped = CountOf(counts.states, "Tt"),
                       .zombie = CountOf(counts.states, "Z")};
}

}  // namespace

ProcessCollector::ProcessCollector(const ProcFs* procfs, const Clock* clock, std::string host_id,
                                   UserNames users, ProcessOptions options)
    : host_id_(std::move(host_id)),
      options_(options),
      clock_(clock),
      ticks_per_second_(static_cast<double>(sysconf(_SC_CLK_TCK))),
      page_bytes_(static_cast<std::int64_t>(sysconf(_SC_PAGESIZE))),
      users_(std::move(users)),
      stat_(procfs->Proc("stat", FileEnd::kShortRead)),
      meminfo_(procfs->Proc("meminfo", FileEnd::kShortRead)),
      tracker_(procfs, clock, options.budget),
      details_(tracker_.files()),
      threads_(tracker_.files(), kThreadsATick),
      budget_(options.budget) {}

void ProcessCollector::SetBudget(absl::Duration budget) {
  budget_ = budget;
  tracker_.SetBudget(budget);
}

absl::Status ProcessCollector::ReadHost() {
  ASSIGN_OR_RETURN(const std::string_view stat_text, stat_.Read());
  ASSIGN_OR_RETURN(const KernelStat stat, ParseKernelStat(stat_text));
  const auto boot = static_cast<std::int64_t>(stat.boot_time_seconds);
  if (std::abs(boot - boot_seconds_) >= kBootTimeJitter) boot_seconds_ = boot;
  host_read_at_ = tracker_.tick();
  const auto text = meminfo_.Read();
  if (!text.ok()) return absl::OkStatus();
  const auto fields = ParseMeminfo(*text);
  if (!fields.ok()) return absl::OkStatus();
  for (const MemoryField& field : *fields) {
    if (field.name == "MemTotal") memory_bytes_ = static_cast<double>(field.value);
    if (field.name == "SwapTotal") details_.SetHasSwap(field.value > 0);
  }
  return absl::OkStatus();
}

absl::Status ProcessCollector::Measure() {
  counts_.status = tracker_.Measure();
  if (!counts_.status.ok()) return counts_.status;
  if (options_.count_threads) threads_.Walk(tracker_.processes());
  CountAll();
  return absl::OkStatus();
}

void ProcessCollector::CountAll() {
  counts_.processes = 0;
  counts_.threads = 0;
  counts_.states.clear();
  counts_.thread_states.clear();
  denied_ = 0;
  for (const auto& process : tracker_.processes()) {
    if (!process->measured) continue;
    const PidStat& stat = process->stat;
    ++counts_.processes;
    ++counts_.states[stat.state];
    counts_.threads += stat.threads;
    const bool denied =
        process->io_denied || (process->details != nullptr && process->details->denied);
    denied_ += denied ? 1 : 0;
    if (process->threads.empty()) {
      counts_.thread_states[stat.state] += stat.threads;
      continue;
    }
    for (const auto& [state, count] : ScaleCounts(process->threads, stat.threads)) {
      counts_.thread_states[state] += count;
    }
  }
}

// Returns the processes whose rows travel.
std::vector<TrackedProcess*> ProcessCollector::Chosen() const {
  std::vector<TrackedProcess*> chosen;
  std::vector<ProcessUsage> usages;
  for (const auto& process : tracker_.processes()) {
    if (!process->measured) continue;
    chosen.push_back(process.get());
    usages.push_back(
        {.cpu = process->cpu_ratio.value_or(0),
         .memory = static_cast<double>(process->stat.resident_pages),
         .io = process->read_per_second.value_or(0) + process->write_per_second.value_or(0)});
  }
  if (all_) return chosen;
  std::size_t size = 0;
  for (const std::size_t position : Busiest(usages, options_.top)) {
    chosen[size++] = chosen[position];
  }
  chosen.resize(size);
  return chosen;
}

Process ProcessCollector::Row(const TrackedProcess& tracked) {
  const PidStat& stat = tracked.stat;
  Process process{
      .pid = stat.pid,
      .ppid = stat.ppid,
      .start_time = absl::FromUnixSeconds(boot_seconds_) +
                    absl::Seconds(static_cast<double>(stat.start_ticks) / ticks_per_second_),
      .state = stat.state,
      .command = ToUtf8(tracked.command),
      .thread_count = stat.threads,
      .cpu_utilization_ratio = tracked.cpu_ratio,
      .cpu_seconds = static_cast<double>(CpuTicks(stat)) / ticks_per_second_,
      .resident_bytes = stat.resident_pages * page_bytes_,
      .virtual_bytes = static_cast<std::int64_t>(stat.virtual_bytes),
      .nice = stat.nice,
      .read_bytes_per_second = tracked.read_per_second,
      .write_bytes_per_second = tracked.write_per_second};
  if (tracked.details != nullptr) {
    process.resident_bytes = tracked.details->resident_bytes.value_or(process.resident_bytes);
  }
  if (memory_bytes_ > 0) {
    process.memory_utilization_ratio =
        std::clamp(static_cast<double>(process.resident_bytes) / memory_bytes_, 0.0, 1.0);
  }
  if (tracked.details == nullptr) return process;
  const ProcessDetails& details = *tracked.details;
  if (details.owner >= 0) process.user = users_.Name(static_cast<std::uint32_t>(details.owner));
  process.command_line = details.command_line;
  process.executable = details.executable;
  process.container = details.container;
  process.unit = details.unit;
  process.shared_bytes = details.shared_bytes;
  process.swap_bytes = details.swap_bytes;
  process.open_file_count = details.open_files;
  return process;
}

absl::StatusOr<ProcessTablePtr> ProcessCollector::Table(absl::Time time) {
  if (boot_seconds_ == 0 || tracker_.tick() >= host_read_at_ + kHostTicks) {
    RETURN_IF_ERROR(ReadHost());
  }
  auto table = std::make_shared<ProcessTable>(
      ProcessTable{.host = host_id_, .time = time, .totals = Totals(counts_)});
  const std::vector<TrackedProcess*> chosen = Chosen();
  const absl::Duration deadline = clock_->Monotonic() + budget_ / kDetailsShare;
  const std::uint64_t tick = tracker_.tick();
  for (const auto& process : tracker_.processes()) DetailsReader::Forget(tick, process.get());
  table->processes.reserve(chosen.size());
  for (TrackedProcess* process : chosen) {
    if (clock_->Monotonic() <= deadline) details_.Refresh(tick, process);
    table->processes.push_back(Row(*process));
  }
  table->partial = chosen.size() < tracker_.processes().size();
  return table;
}

absl::StatusOr<ProcessTablePtr> ProcessCollector::Collect(absl::Time time) {
  RETURN_IF_ERROR(Measure());
  return Table(time);
}

std::vector<std::string> ProcessCollector::Limitations() const {
  std::vector<std::string> limitations;
  if (tracker_.hidden()) {
    limitations.push_back(
        "processes of other users are hidden (procfs is mounted with hidepid); run the agent as "
        "root or in the group that the mount option gid names");
  }
  if (denied_ > 0) {
    limitations.push_back(
        "disk rates, programs and open files may not be read of all processes; run the agent as "
        "root with the capability CAP_SYS_PTRACE");
  }
  if (tracker_.falls_behind()) {
    // Without numbers that change: who reads this wants to see each sentence once.
    limitations.push_back(absl::StrFormat(
        "there are too many processes to measure all of them in each tick, for which there are %s: "
        "they take turns",
        absl::FormatDuration(options_.budget)));
  }
  return limitations;
}

}  // namespace syspulse
