#include "services/collect/kernel/schedstat_collector.h"

#include <array>
#include <cstddef>
#include <optional>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr std::string_view kFile = "/proc/schedstat";
constexpr double kNanosecondsPerSecond = 1e9;
constexpr std::size_t kFields = 9;  // of every version that has any of them

constexpr Family Counter(std::string_view name, std::string_view unit, std::string_view help) {
  return {name, MetricType::kCounter, unit, help, {"cpu"}};
}
constexpr Family kRunning = Counter("node_schedstat_running_seconds_total", "seconds",
                                    "Number of seconds CPU spent running a process.");
constexpr Family kWaiting = Counter("node_schedstat_waiting_seconds_total", "seconds",
                                    "Number of seconds spent by processing waiting for this CPU.");
constexpr Family kTimeslices =
    Counter("node_schedstat_timeslices_total", "", "Number of timeslices executed by CPU.");

std::optional<CpuSchedule> ParseLine(std::string_view line) {
  std::string_view cpu = TakeField(&line);
  cpu.remove_prefix(3);  // "cpu"
  std::array<std::uint64_t, kFields> fields{};
  for (std::uint64_t& field : fields) {
    const auto number = ParseNumber<std::uint64_t>(TakeField(&line));
    if (!number) return std::nullopt;
    field = *number;
  }
  if (!ParseNumber<std::uint32_t>(cpu)) return std::nullopt;
  return CpuSchedule{.cpu = cpu,
                     .running_nanoseconds = fields[6],
                     .waiting_nanoseconds = fields[7],
                     .timeslices = fields[8]};
}

}  // namespace

absl::StatusOr<std::vector<CpuSchedule>> ParseSchedstat(std::string_view schedstat) {
  RETURN_IF_ERROR(CheckWholeLines(schedstat, kFile));
  std::vector<CpuSchedule> cpus;
  while (!schedstat.empty()) {
    const std::string_view line = TakeUntil(&schedstat, '\n');
    if (!line.starts_with("cpu")) continue;
    const std::optional<CpuSchedule> cpu = ParseLine(line);
    if (!cpu) return BadLine(kFile, line);
    cpus.push_back(*cpu);
  }
  if (cpus.empty()) return absl::DataLossError("parse /proc/schedstat: it has no processor");
  return cpus;
}

absl::Status SchedstatCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string_view text, schedstat_.Read());
  ASSIGN_OR_RETURN(const std::vector<CpuSchedule> cpus, ParseSchedstat(text));
  for (const CpuSchedule& cpu : cpus) {
    const auto seconds = [](std::uint64_t nanoseconds) {
      return static_cast<double>(nanoseconds) / kNanosecondsPerSecond;
    };
    writer->Add(kRunning, seconds(cpu.running_nanoseconds), cpu.cpu);
    writer->Add(kWaiting, seconds(cpu.waiting_nanoseconds), cpu.cpu);
    writer->Add(kTimeslices, static_cast<double>(cpu.timeslices), cpu.cpu);
  }
  return absl::OkStatus();
}

}  // namespace syspulse
