#include "services/collect/kernel/stat_collector.h"

#include <array>
#include <cstddef>
#include <optional>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr Family kInterrupts{"node_intr_total", MetricType::kCounter, "",
                             "Total number of interrupts serviced."};
constexpr Family kContextSwitches{"node_context_switches_total", MetricType::kCounter, "",
                                  "Total number of context switches."};
constexpr Family kForks{"node_forks_total", MetricType::kCounter, "", "Total number of forks."};
constexpr Family kBootTime{"node_boot_time_seconds", MetricType::kGauge, "seconds",
                           "Node boot time, in unixtime."};
constexpr Family kRunning{"node_procs_running", MetricType::kGauge, "",
                          "Number of processes in runnable state."};
constexpr Family kBlocked{"node_procs_blocked", MetricType::kGauge, "",
                          "Number of processes blocked waiting for I/O to complete."};

constexpr Family kSoftirqs{
    "node_softirqs_total", MetricType::kCounter, "", "Number of softirq calls.", {"vector"}};

struct Field {
  std::string_view key;
  std::uint64_t KernelStat::*value;
};
constexpr std::array<Field, 6> kFields = {{{"intr", &KernelStat::interrupts},
                                           {"ctxt", &KernelStat::context_switches},
                                           {"btime", &KernelStat::boot_time_seconds},
                                           {"processes", &KernelStat::forks},
                                           {"procs_running", &KernelStat::processes_running},
                                           {"procs_blocked", &KernelStat::processes_blocked}}};

// Reads what stands behind the sum. False if one is no number.
bool ParseSoftirqs(std::string_view line, KernelStat* stat) {
  TakeField(&line);  // the sum
  for (std::uint64_t& count : stat->softirqs) {
    const std::string_view field = TakeField(&line);
    if (field.empty()) break;
    const auto number = ParseNumber<std::uint64_t>(field);
    if (!number) return false;
    count = *number;
  }
  return true;
}

}  // namespace

absl::StatusOr<KernelStat> ParseKernelStat(std::string_view stat) {
  RETURN_IF_ERROR(CheckWholeLines(stat, "/proc/stat"));
  KernelStat parsed;
  std::array<bool, kFields.size()> found{};
  while (!stat.empty()) {
    std::string_view line = TakeUntil(&stat, '\n');
    const std::string_view whole = line;
    const std::string_view key = TakeField(&line);
    if (key == "softirq" && !ParseSoftirqs(line, &parsed)) return BadLine("/proc/stat", whole);
    for (std::size_t i = 0; i < kFields.size(); ++i) {
      if (kFields[i].key != key) continue;
      const auto number = ParseNumber<std::uint64_t>(TakeField(&line));
      if (!number) return BadLine("/proc/stat", whole);
      parsed.*kFields[i].value = *number;
      found[i] = true;
    }
  }
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    if (!found[i]) {
      return absl::DataLossError(
          absl::StrFormat("parse /proc/stat: it has no line '%s'", kFields[i].key));
    }
  }
  return parsed;
}

absl::Status StatCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string_view text, stat_.Read());
  ASSIGN_OR_RETURN(const KernelStat stat, ParseKernelStat(text));
  writer->Add(kInterrupts, static_cast<double>(stat.interrupts));
  writer->Add(kContextSwitches, static_cast<double>(stat.context_switches));
  writer->Add(kForks, static_cast<double>(stat.forks));
  writer->Add(kBootTime, static_cast<double>(stat.boot_time_seconds));
  writer->Add(kRunning, static_cast<double>(stat.processes_running));
  writer->Add(kBlocked, static_cast<double>(stat.processes_blocked));
  if (!softirqs_) return absl::OkStatus();
  for (std::size_t i = 0; i < kSoftirqVectors.size(); ++i) {
    writer->Add(kSoftirqs, static_cast<double>(stat.softirqs[i]), kSoftirqVectors[i]);
  }
  return absl::OkStatus();
}

}  // namespace syspulse
