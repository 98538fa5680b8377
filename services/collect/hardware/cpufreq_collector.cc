#include "services/collect/hardware/cpufreq_collector.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/collect/cpu_list.h"
#include "services/collect/lines.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {
namespace {

constexpr Family kGovernor{"node_cpu_scaling_governor",
                           MetricType::kGauge,
                           "",
                           "Current enabled CPU frequency governor.",
                           {"cpu", "governor"}};

struct Frequency {
  std::string_view attribute;  // in kHz
  Family family;
};
constexpr Frequency Hertz(std::string_view attribute, std::string_view metric,
                          std::string_view help) {
  return {attribute, {metric, MetricType::kGauge, "hertz", help, {"cpu"}}};
}

constexpr std::array kFrequencies = {
    Hertz("cpuinfo_cur_freq", "node_cpu_frequency_hertz", "Current CPU thread frequency in hertz."),
    Hertz("cpuinfo_avg_freq", "node_cpu_frequency_avg_hertz",
          "Average CPU thread frequency in hertz."),
    Hertz("cpuinfo_min_freq", "node_cpu_frequency_min_hertz",
          "Minimum CPU thread frequency in hertz."),
    Hertz("cpuinfo_max_freq", "node_cpu_frequency_max_hertz",
          "Maximum CPU thread frequency in hertz."),
    Hertz("scaling_cur_freq", "node_cpu_scaling_frequency_hertz",
          "Current scaled CPU thread frequency in hertz."),
    Hertz("scaling_min_freq", "node_cpu_scaling_frequency_min_hertz",
          "Minimum scaled CPU thread frequency in hertz."),
    Hertz("scaling_max_freq", "node_cpu_scaling_frequency_max_hertz",
          "Maximum scaled CPU thread frequency in hertz."),
};

constexpr double kHertzPerKilohertz = 1000;

// Adds 1 for the governor in charge and 0 for those that could be.
void AddGovernors(const SysDirectory& cpufreq, std::string_view cpu, MetricWriter* writer) {
  const auto current = cpufreq.Text("scaling_governor");
  const auto available = cpufreq.Text("scaling_available_governors");
  if (!current.ok() || current->empty() || !available.ok()) return;
  std::string_view rest = *available;
  for (auto governor = TakeField(&rest); !governor.empty(); governor = TakeField(&rest)) {
    writer->Add(kGovernor, governor == *current ? 1 : 0, cpu, governor);
  }
}

void AddCpu(const SysDirectory& cpufreq, std::string_view cpu, MetricWriter* writer) {
  for (const Frequency& frequency : kFrequencies) {
    // cpuinfo_cur_freq is for root only, and "<unknown>" where the hardware does not tell.
    const auto kilohertz = cpufreq.Number<std::uint64_t>(frequency.attribute);
    if (!kilohertz.ok()) continue;
    writer->Add(frequency.family, static_cast<double>(*kilohertz) * kHertzPerKilohertz, cpu);
  }
  AddGovernors(cpufreq, cpu, writer);
}

bool Holds(const std::vector<CpuRange>& ranges, std::string_view cpu) {
  const auto number = ParseNumber<std::uint32_t>(cpu);
  return number && std::ranges::any_of(ranges, [&](const CpuRange& range) {
           return range.first <= *number && *number <= range.last;
         });
}

}  // namespace

absl::Status CpufreqCollector::Collect(MetricWriter* writer) {
  const SysDirectory cpus(procfs_, "devices/system/cpu");
  ASSIGN_OR_RETURN(const std::vector<std::string> names, cpus.List());
  // What is left of a processor that was taken offline tells old frequencies.
  ASSIGN_OR_RETURN(const std::string offline_list, procfs_->ReadSys("devices/system/cpu/offline"));
  ASSIGN_OR_RETURN(const std::vector<CpuRange> offline, ParseCpuList(offline_list));
  for (const std::string& name : names) {
    const auto cpu = NumberAfter("cpu", name);
    if (!cpu || Holds(offline, *cpu)) continue;
    AddCpu(cpus.Below(name).Below("cpufreq"), *cpu, writer);
  }
  return absl::OkStatus();
}

}  // namespace syspulse
