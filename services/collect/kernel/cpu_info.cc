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
  }
  if (cpus.empty()) return absl::DataLossError("parse /proc/cpuinfo: it has no processor");
  return cpus;
}

void AddCpuInfo(const std::vector<CpuInfo>& cpus, MetricWriter* writer) {
  for (const CpuInfo& cpu : cpus) writer->AddSeries(kInfo, 1, cpu.values);
  for (const CpuInfo& cpu : cpus) {
    if (!cpu.megahertz) continue;
    writer->Add(kFrequency, *cpu.megahertz * kHertzPerMegahertz, cpu.values[0], cpu.values[1],
                cpu.values[2]);
  }
}

}  // namespace syspulse
