// What a host is doing in a few numbers: which of a thousand hosts to look at.
//
// Computed from frames only when somebody asks for it, and without the snapshot around it, so that
// a list of a large fleet costs a microsecond a host.
#ifndef SERVICES_API_HOST_SUMMARY_H_
#define SERVICES_API_HOST_SUMMARY_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "syspulse/v1/host.pb.h"

namespace syspulse {

// A value. Fields as in proto/syspulse/v1/host.proto; nothing where it was not measured.
struct HostSummary {
  absl::Time sample_time = absl::InfinitePast();  // InfinitePast = there was no sample
  std::optional<double> cpu_utilization_ratio;
  std::optional<double> memory_utilization_ratio;
  std::optional<double> load_one_minute;
  std::optional<double> load_per_core_ratio;
  std::optional<double> pressure_ratio;
  std::optional<double> filesystem_utilization_ratio;
  std::string filesystem_mountpoint;
};

// The numbers of a summary, by which hosts are sorted and filtered.
using HostQuantity = std::optional<double> HostSummary::*;

// Returns the quantity of this name, such as `cpu.utilization` or `summary.cpu_utilization_ratio`;
// null if there is none.
HostQuantity HostQuantityOf(std::string_view name);

// Returns the short names of all, with commas between them.
std::string HostQuantityNames();

// `summary` must be of a host that sent a sample.
void ToProto(const HostSummary& summary, v1::HostSummary* out);

}  // namespace syspulse

#endif  // SERVICES_API_HOST_SUMMARY_H_
