// What each processor is; source: /proc/cpuinfo, proc(5), as the x86 architecture writes it. Others
// leave most of it out.
#ifndef SERVICES_COLLECT_KERNEL_CPU_INFO_H_
#define SERVICES_COLLECT_KERNEL_CPU_INFO_H_

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/collect/metric_writer.h"
#include "services/collect/name_filter.h"

namespace syspulse {

// Keys of the file, in the order of the labels of node_cpu_info.
inline constexpr std::array<std::string_view, 10> kCpuInfoKeys = {
    "physical id", "core id",    "processor", "vendor_id", "cpu family",
    "model",       "model name", "microcode", "stepping",  "cache size"};

// One processor. Views point into the text.
struct CpuInfo {
  std::array<std::string_view, kCpuInfoKeys.size()> values;  // of the keys; empty where absent
  std::optional<double> megahertz;
  std::string_view flags;  // what it can do, between blanks
  std::string_view bugs;   // what the kernel works around, between blanks

  bool operator==(const CpuInfo&) const = default;
};

// Returns the processors. DataLoss if the text is cut or empty, or has no processor.
absl::StatusOr<std::vector<CpuInfo>> ParseCpuInfo(std::string_view cpuinfo);

// What is told of them.
struct CpuInfoOptions {
  bool wanted = false;              // node_cpu_info
  bool frequency = true;            // and node_cpu_frequency_hertz, where it is known
  std::optional<NameFilter> flags;  // and those of the first one's flags, if given
  std::optional<NameFilter> bugs;   // and those of its bugs, if given
};

// Adds what the options say.
void AddCpuInfo(const std::vector<CpuInfo>& cpus, const CpuInfoOptions& options,
                MetricWriter* writer);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_KERNEL_CPU_INFO_H_
