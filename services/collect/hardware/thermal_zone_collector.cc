#include "services/collect/hardware/thermal_zone_collector.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {
namespace {

constexpr Family kTemperature{"node_thermal_zone_temp",
                              MetricType::kGauge,
                              "celsius",
                              "Zone temperature in Celsius",
                              {"zone", "type"}};
constexpr Family kCurrentState{"node_cooling_device_cur_state",
                               MetricType::kGauge,
                               "",
                               "Current throttle state of the cooling device",
                               {"name", "type"}};
constexpr Family kMaximumState{"node_cooling_device_max_state",
                               MetricType::kGauge,
                               "",
                               "Maximum throttle state of the cooling device",
                               {"name", "type"}};

constexpr double kMillidegrees = 1000;

void AddZone(const SysDirectory& zone, std::string_view number, MetricWriter* writer) {
  const auto type = zone.Text("type");
  const auto temperature = zone.Number<std::int64_t>("temp");
  if (!type.ok() || !temperature.ok()) return;
  writer->Add(kTemperature, static_cast<double>(*temperature) / kMillidegrees, number, *type);
}

void AddCoolingDevice(const SysDirectory& device, std::string_view number, MetricWriter* writer) {
  const auto type = device.Text("type");
  if (!type.ok()) return;
  const auto add = [&](const Family& family, std::string_view attribute) {
    // intel_powerclamp's is -1 while it is off.
    const auto state = device.Number<std::int64_t>(attribute);
    if (state.ok()) writer->Add(family, static_cast<double>(*state), number, *type);
  };
  add(kCurrentState, "cur_state");
  add(kMaximumState, "max_state");
}

}  // namespace

absl::Status ThermalZoneCollector::Collect(MetricWriter* writer) {
  const SysDirectory thermal(procfs_, "class/thermal");
  const absl::StatusOr<std::vector<std::string>> names = thermal.List();
  if (absl::IsNotFound(names.status())) return absl::OkStatus();
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    if (const auto zone = NumberAfter("thermal_zone", name)) {
      AddZone(thermal.Below(name), *zone, writer);
    } else if (const auto device = NumberAfter("cooling_device", name)) {
      AddCoolingDevice(thermal.Below(name), *device, writer);
    }
  }
  return absl::OkStatus();
}

}  // namespace syspulse
