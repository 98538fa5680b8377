#include "services/collect/kernel/cpu_info.h"

#include <cstddef>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr double kHertzPerMegahertz = 1e6;
constexpr std::size_t kProcessor = 2;  // its place among the keys

constexpr Family kInfo{"node_cpu_info",
                       MetricType::kGauge,
                       "",
                       "CPU information from /proc/cpuinfo.",
                       {"package", "core", "cpu", "vendor", "family", "model", "model_name",
                        "microcode", "stepping", "cachesize"}};
constexpr Family kFrequency{"node_cpu_frequency_hertz",
                            MetricType::kGauge,
                            "hertz",
                            "CPU frequency in hertz from /proc/cpuinfo.",
                            {"package", "core", "cpu"}};

constexpr Family kFlag{
    "node_cpu_flag_info",
    MetricType::kGauge,
    "",
    "The `flags` field of CPU information from /proc/cpuinfo taken from the first core.",
    {"flag"}};
constexpr Family kBug{
    "node_cpu_bug_info",
    MetricType::kGauge,
    "",
    "The `bugs` field of CPU information from /proc/cpuinfo taken from the first core.",
    {"bug"}};

void AddWords(const Family& family, std::string_view words, const std::optional<NameFilter>& filter,
              MetricWriter* writer) {
  if (!filter) return;
  for (std::string_view word = TakeField(&words); !word.empty(); word = TakeField(&words)) {
    if (filter->Takes(word)) writer->Add(family, 1, word);
  }
}

}  // namespace

absl::StatusOr<std::vector<CpuInfo>> ParseCpuInfo(std::string_view cpuinfo) {
  RETURN_IF_ERROR(CheckWholeLines(cpuinfo, "/proc/cpuinfo"));
  std::vector<CpuInfo> cpus;
  while (!cpuinfo.empty()) {
    std::string_view line = TakeUntil(&cpuinfo, '\n');
    const std::string_view key = Trim(TakeUntil(&line, ':'));
    const std::string_view value = Trim(line);
    if (key == kCpuInfoKeys[kProcessor]) cpus.emplace_back();
    if (cpus.empty()) continue;
    for (std::size_t i = 0; i < kCpuInfoKeys.size(); ++i) {
      if (key == kCpuInfoKeys[i]) cpus.back().values[i] = value;
    }
    if (key == "cpu MHz") cpus.back().megahertz = ParseNumber<double>(value);
    // Of x86, ARM and s390.
    if (key == "flags" || key == "Features" || key == "features") cpus.back().flags = value;
    if (key == "bugs") cpus.back().bugs = value;
  }
  if (cpus.empty()) return absl::DataLossError("parse /proc/cpuinfo: it has no processor");
  return cpus;
}

void AddCpuInfo(const std::vector<CpuInfo>& cpus, const CpuInfoOptions& options,
                MetricWriter* writer) {
  for (const CpuInfo& cpu : cpus) writer->AddSeries(kInfo, 1, cpu.values);
  for (const CpuInfo& cpu : cpus) {
    if (!options.frequency || !cpu.megahertz) continue;
    writer->Add(kFrequency, *cpu.megahertz * kHertzPerMegahertz, cpu.values[0], cpu.values[1],
                cpu.values[2]);
  }
  AddWords(kFlag, cpus.front().flags, options.flags, writer);
  AddWords(kBug, cpus.front().bugs, options.bugs, writer);
}

}  // namespace syspulse
