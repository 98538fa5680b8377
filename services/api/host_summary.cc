#include "services/api/host_summary.h"

#include "services/model/proto.h"

namespace syspulse {
namespace {

constexpr std::string_view kFieldPrefix = "summary.";

struct QuantityName {
  std::string_view name;
  std::string_view field;  // of v1::HostSummary
  HostQuantity quantity;
};

constexpr QuantityName kQuantities[] = {
    {"cpu.utilization", "cpu_utilization_ratio", &HostSummary::cpu_utilization_ratio},
    {"memory.utilization", "memory_utilization_ratio", &HostSummary::memory_utilization_ratio},
    {"disk.utilization", "filesystem_utilization_ratio",
     &HostSummary::filesystem_utilization_ratio},
    {"load", "load_one_minute", &HostSummary::load_one_minute},
    {"load.per_core", "load_per_core_ratio", &HostSummary::load_per_core_ratio},
    {"pressure", "pressure_ratio", &HostSummary::pressure_ratio}};

}  // namespace

HostQuantity HostQuantityOf(std::string_view name) {
  const bool is_field = name.starts_with(kFieldPrefix);
  if (is_field) name.remove_prefix(kFieldPrefix.size());
  for (const QuantityName& one : kQuantities) {
    if (name == (is_field ? one.field : one.name)) return one.quantity;
  }
  return nullptr;
}

std::string HostQuantityNames() {
  std::string names;
  for (const QuantityName& one : kQuantities) {
    names += (names.empty() ? "" : ", ") + std::string(one.name);
  }
  return names;
}

void ToProto(const HostSummary& summary, v1::HostSummary* out) {
  using S = v1::HostSummary;
  const auto set = [out](void (S::*setter)(double), std::optional<double> value) {
    if (value) (out->*setter)(*value);
  };
  ToProto(summary.sample_time, out->mutable_sample_time());
  set(&S::set_cpu_utilization_ratio, summary.cpu_utilization_ratio);
  set(&S::set_memory_utilization_ratio, summary.memory_utilization_ratio);
  set(&S::set_load_one_minute, summary.load_one_minute);
  set(&S::set_load_per_core_ratio, summary.load_per_core_ratio);
  set(&S::set_pressure_ratio, summary.pressure_ratio);
  set(&S::set_filesystem_utilization_ratio, summary.filesystem_utilization_ratio);
  out->set_filesystem_mountpoint(summary.filesystem_mountpoint);
}

}  // namespace syspulse
