#include "services/collect/workload/thread_states.h"

#include <algorithm>
#include <utility>

#include "services/collect/workload/pid_files.h"
#include "services/collect/workload/process_tracker.h"

namespace syspulse {
namespace {

constexpr int kFirstWalk = 16;                // times as many threads in the first tick
constexpr std::size_t kMostOfAProcess = 256;  // more are judged by as many of them
constexpr std::size_t kMostStatBytes = 1024;

}  // namespace

StateCounts ScaleCounts(const StateCounts& seen, std::int32_t threads) {
  std::int64_t total = 0;
  for (const auto& [state, count] : seen) total += count;
  if (total == 0 || threads <= 0) return {};
  StateCounts scaled;
  std::int64_t left = threads;
  char most = seen.begin()->first;
  for (const auto& [state, count] : seen) {
    if (count > seen.at(most)) most = state;
  }
  for (const auto& [state, count] : seen) {
    if (state == most) continue;
    const std::int64_t part =
        std::min(left, std::max<std::int64_t>(1, count * std::int64_t{threads} / total));
    if (part > 0) scaled[state] = static_cast<std::int32_t>(part);
    left -= part;
  }
  if (left > 0) scaled[most] = static_cast<std::int32_t>(left);
  return scaled;
}

void ThreadWalker::Walk(const std::vector<std::unique_ptr<TrackedProcess>>& processes) {
  int left = first_ ? kFirstWalk * most_ : most_;
  first_ = false;
  auto at = std::ranges::lower_bound(processes, next_pid_, {},
                                     [](const auto& process) { return process->pid; });
  for (std::size_t done = 0; done < processes.size() && left > 0; ++done, ++at) {
    if (at == processes.end()) at = processes.begin();
    TrackedProcess* const process = at->get();
    next_pid_ = process->pid + 1;
    if (!process->measured) continue;
    if (process->stat.threads <= 1) {
      process->threads.clear();
    } else {
      left -= LookInto(process);
    }
  }
}

// Returns how many threads were looked at.
int ThreadWalker::LookInto(TrackedProcess* process) {
  const std::vector<pid_t>& threads = files_->Threads(process->pid);
  const std::size_t step = (threads.size() + kMostOfAProcess - 1) / kMostOfAProcess;
  StateCounts counts;
  int looked = 1;  // listing them is work, too
  for (std::size_t i = 0; i < threads.size(); i += step) {
    ++looked;
    const ProcessText text = files_->ReadThread(process->pid, threads[i], "stat", kMostStatBytes);
    if (text.error != 0) continue;  // it ended in between
    const absl::StatusOr<PidStat> stat = ParsePidStat(text.text);
    if (stat.ok()) ++counts[stat->state];
  }
  process->threads = std::move(counts);
  return looked;
}

}  // namespace syspulse
