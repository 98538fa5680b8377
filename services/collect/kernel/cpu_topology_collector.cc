#include "services/collect/kernel/cpu_topology_collector.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/collect/cpu_list.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {
namespace {

constexpr std::uint32_t kMostCpus = 8192;  // the most that Linux can be built for
constexpr std::string_view kCpu = "cpu";

constexpr Family kCoreThrottles{"node_cpu_core_throttles_total",
                                MetricType::kCounter,
                                "",
                                "Number of times this CPU core has been throttled.",
                                {"package", "core"}};
constexpr Family kPackageThrottles{"node_cpu_package_throttles_total",
                                   MetricType::kCounter,
                                   "",
                                   "Number of times this CPU package has been throttled.",
                                   {"package"}};
constexpr Family kIsolated{
    "node_cpu_isolated",
    MetricType::kGauge,
    "",
    "Whether each core is isolated, information from /sys/devices/system/cpu/isolated.",
    {"cpu"}};
constexpr Family kOnline{"node_cpu_online",
                         MetricType::kGauge,
                         "",
                         "CPUs that are online and being scheduled.",
                         {"cpu"}};

// Threads of a core share its count, and cores of a package that of the package.
void AddThrottles(const SysDirectory& root, const std::vector<std::string>& cpus,
                  MetricWriter* writer) {
  std::map<std::uint32_t, std::uint64_t> packages;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> cores;  // by package and core
  for (const std::string& cpu : cpus) {
    const SysDirectory directory = root.Below(cpu);
    const SysDirectory throttle = directory.Below("thermal_throttle");
    if (!throttle.Exists()) continue;  // most virtual machines do not have it
    const auto package = directory.Number<std::uint32_t>("topology/physical_package_id");
    const auto core = directory.Number<std::uint32_t>("topology/core_id");
    if (!package.ok() || !core.ok()) continue;
    if (!cores.contains({*package, *core})) {
      const auto count = throttle.Number<std::uint64_t>("core_throttle_count");
      if (count.ok()) cores[{*package, *core}] = *count;
    }
    if (!packages.contains(*package)) {
      const auto count = throttle.Number<std::uint64_t>("package_throttle_count");
      if (count.ok()) packages[*package] = *count;
    }
  }
  for (const auto& [core, count] : cores) {
    writer->Add(kCoreThrottles, static_cast<double>(count), absl::StrFormat("%d", core.first),
                absl::StrFormat("%d", core.second));
  }
  for (const auto& [package, count] : packages) {
    writer->Add(kPackageThrottles, static_cast<double>(count), absl::StrFormat("%d", package));
  }
}

// A processor that cannot be taken offline, which the first often is, has no file that says so.
void AddOnline(const SysDirectory& root, const std::vector<std::string>& cpus,
               MetricWriter* writer) {
  for (const std::string& cpu : cpus) {
    const auto online = root.Below(cpu).Number<int>("online");
    if (!online.ok() && !absl::IsNotFound(online.status())) continue;
    if (!online.ok() && cpu == "cpu0") return;  // as node_exporter decides
    writer->Add(kOnline, online.ok() && *online == 1 ? 1 : 0,
                std::string_view(cpu).substr(kCpu.size()));
  }
}

absl::Status AddIsolated(const SysDirectory& root, MetricWriter* writer) {
  const absl::StatusOr<std::string> text = root.Text("isolated");
  if (absl::IsNotFound(text.status())) return absl::OkStatus();
  RETURN_IF_ERROR(text.status());
  ASSIGN_OR_RETURN(const std::vector<CpuRange> isolated, ParseCpuList(*text + '\n'));
  for (const CpuRange& range : isolated) {
    const std::uint32_t end = std::min(range.last, kMostCpus);
    for (std::uint32_t cpu = range.first; cpu <= end; ++cpu) {
      writer->Add(kIsolated, 1, absl::StrFormat("%d", cpu));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CpuTopologyCollector::Collect(MetricWriter* writer) {
  const SysDirectory root(procfs_, "devices/system/cpu");
  ASSIGN_OR_RETURN(std::vector<std::string> cpus, root.List());
  std::erase_if(cpus, [](const std::string& name) {
    return !name.starts_with(kCpu) ||
           !ParseNumber<std::uint32_t>(std::string_view(name).substr(kCpu.size()));
  });
  std::string text;  // what `info` points into
  std::vector<CpuInfo> info;
  if (info_.wanted) {
    ASSIGN_OR_RETURN(text, procfs_->ReadProc("cpuinfo"));
    ASSIGN_OR_RETURN(info, ParseCpuInfo(text));
  }
  RETURN_IF_ERROR(AddIsolated(root, writer));
  if (info_.wanted) AddCpuInfo(info, info_, writer);
  AddThrottles(root, cpus, writer);
  AddOnline(root, cpus, writer);
  return absl::OkStatus();
}

}  // namespace syspulse
