#include "services/collect/workload/processes_collector.h"

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr Family kThreads{"node_processes_threads", MetricType::kGauge, "",
                          "Allocated threads in system"};
constexpr Family kMostThreads{"node_processes_max_threads", MetricType::kGauge, "",
                              "Limit of threads in the system"};
constexpr Family kThreadStates{"node_processes_threads_state",
                               MetricType::kGauge,
                               "",
                               "Number of threads in each state.",
                               {"thread_state"}};
constexpr Family kStates{"node_processes_state",
                         MetricType::kGauge,
                         "",
                         "Number of processes in each state.",
                         {"state"}};
constexpr Family kPids{"node_processes_pids", MetricType::kGauge, "", "Number of PIDs"};
constexpr Family kMostPids{"node_processes_max_processes", MetricType::kGauge, "",
                           "Number of max PIDs limit"};

// Reads a file that is one number.
absl::StatusOr<double> ReadLimit(ProcFile* file) {
  ASSIGN_OR_RETURN(const std::string_view text, file->Read());
  RETURN_IF_ERROR(CheckWholeLines(text, file->path()));
  const auto number = ParseNumber<std::uint64_t>(Trim(text));
  if (!number) return BadLine(file->path(), text);
  return static_cast<double>(*number);
}

void AddStates(const Family& family, const StateCounts& counts, MetricWriter* writer) {
  for (const auto& [state, count] : counts) {
    writer->Add(family, count, std::string_view(&state, 1));
  }
}

}  // namespace

ProcessesCollector::ProcessesCollector(const ProcFs& procfs, const ProcessCounts* counts)
    : counts_(counts),
      most_threads_(procfs.Proc("sys/kernel/threads-max", FileEnd::kShortRead)),
      most_pids_(procfs.Proc("sys/kernel/pid_max", FileEnd::kShortRead)) {}

absl::Status ProcessesCollector::Collect(MetricWriter* writer) {
  if (counts_ == nullptr) return absl::NotFoundError("processes are not counted");
  RETURN_IF_ERROR(counts_->status);
  ASSIGN_OR_RETURN(const double most_threads, ReadLimit(&most_threads_));
  ASSIGN_OR_RETURN(const double most_pids, ReadLimit(&most_pids_));
  writer->Add(kThreads, counts_->threads);
  writer->Add(kMostThreads, most_threads);
  AddStates(kStates, counts_->states, writer);
  AddStates(kThreadStates, counts_->thread_states, writer);
  writer->Add(kPids, counts_->processes);
  writer->Add(kMostPids, most_pids);
  return absl::OkStatus();
}

}  // namespace syspulse
