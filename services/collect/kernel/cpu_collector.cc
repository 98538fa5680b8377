#include "services/collect/kernel/cpu_collector.h"

#include <unistd.h>

#include <algorithm>
#include <optional>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr Family kSeconds{"node_cpu_seconds_total",
                          MetricType::kCounter,
                          "seconds",
                          "Seconds the CPUs spent in each mode.",
                          {"cpu", "mode"}};
constexpr Family kGuestSeconds{"node_cpu_guest_seconds_total",
                               MetricType::kCounter,
                               "seconds",
                               "Seconds the CPUs spent in guests (VMs) for each mode.",
                               {"cpu", "mode"}};
constexpr std::array<std::string_view, kGuest> kModeNames = {"user",   "nice", "system",  "idle",
                                                             "iowait", "irq",  "softirq", "steal"};
constexpr std::size_t kFewestModes = 4;  // what every kernel has
constexpr std::uint64_t kReplugSeconds = 3;

// USER_HZ, the unit of all ticks in procfs; see time(7).
std::uint64_t TicksPerSecond() { return static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK)); }

std::optional<CpuTimes> ParseLine(std::string_view line) {
  std::string_view label = TakeField(&line);
  label.remove_prefix(3);  // "cpu"
  const auto cpu = ParseNumber<int>(label);
  if (!cpu || *cpu < 0) return std::nullopt;
  CpuTimes times{.cpu = *cpu};
  std::size_t modes = 0;
  for (std::string_view field = TakeField(&line); !field.empty(); field = TakeField(&line)) {
    const auto ticks = ParseNumber<std::uint64_t>(field);
    if (!ticks) return std::nullopt;
    if (modes < kCpuModes) times.ticks[modes] = *ticks;
    ++modes;
  }
  if (modes < kFewestModes) return std::nullopt;
  return times;
}

}  // namespace

absl::StatusOr<std::vector<CpuTimes>> ParseCpuTimes(std::string_view stat) {
  RETURN_IF_ERROR(CheckWholeLines(stat, "/proc/stat"));
  std::vector<CpuTimes> cpus;
  while (!stat.empty()) {
    const std::string_view line = TakeUntil(&stat, '\n');
    if (line.starts_with("cpu ")) continue;
    if (!line.starts_with("cpu")) {
      if (cpus.empty()) return BadLine("/proc/stat", line);
      return cpus;
    }
    const std::optional<CpuTimes> times = ParseLine(line);
    if (!times) return BadLine("/proc/stat", line);
    cpus.push_back(*times);
  }
  // Something always follows the processors, so some of them may be missing here.
  return absl::DataLossError("parse /proc/stat: it ends with its processors");
}

CpuTimes WithoutStepsBack(const CpuTimes& before, const CpuTimes& now) {
  const std::uint64_t idle_before = before.ticks[kIdle];
  if (now.ticks[kIdle] + kReplugSeconds * TicksPerSecond() <= idle_before) return now;
  CpuTimes most = now;
  for (std::size_t i = 0; i < kCpuModes; ++i) {
    most.ticks[i] = std::max(before.ticks[i], now.ticks[i]);
  }
  return most;
}

absl::Status CpuCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string_view text, stat_.Read());
  ASSIGN_OR_RETURN(const std::vector<CpuTimes> cpus, ParseCpuTimes(text));
  const auto ticks_per_second = static_cast<double>(TicksPerSecond());
  for (const CpuTimes& now : cpus) {
    Published& published = published_[now.cpu];
    if (published.label.empty()) published.label = absl::StrFormat("%d", now.cpu);
    published.times = WithoutStepsBack(published.times, now);
    const auto seconds = [&](std::size_t mode) {
      return static_cast<double>(published.times.ticks[mode]) / ticks_per_second;
    };
    for (std::size_t mode = 0; mode < kModeNames.size(); ++mode) {
      writer->Add(kSeconds, seconds(mode), published.label, kModeNames[mode]);
    }
    if (!guest_) continue;
    writer->Add(kGuestSeconds, seconds(kGuest), published.label, "user");
    writer->Add(kGuestSeconds, seconds(kGuestNice), published.label, "nice");
  }
  return absl::OkStatus();
}

}  // namespace syspulse
