#include "services/collect/hardware/rapl_collector.h"

#include <cstdint>
#include <optional>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/collect/metric_name.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {
namespace {

constexpr Family kJoules{"node_rapl_joules_total",
                         MetricType::kCounter,
                         "joules",
                         "Current RAPL value in joules",
                         {"index", "path", "rapl_zone"}};

constexpr double kMicrojoules = 1e6;

}  // namespace

RaplZoneName RaplZoneNames::Next(std::string_view name) {
  RaplZoneName zone{.name = std::string(name)};
  const std::vector<std::string_view> parts = Split(name, '-');
  const auto index = parts.size() == 2 ? ParseNumber<int>(parts[1]) : std::nullopt;
  if (index && *index < INT32_MAX) {
    zone = {.name = std::string(parts[0]), .index = *index};
  } else if (const auto next = next_index_.find(name); next != next_index_.end()) {
    zone.index = next->second;
  }
  next_index_[zone.name] = zone.index + 1;
  return zone;
}

absl::StatusOr<std::vector<RaplCollector::Zone>> RaplCollector::Read() const {
  const SysDirectory powercap(procfs_, "class/powercap");
  ASSIGN_OR_RETURN(const std::vector<std::string> entries, powercap.List());
  RaplZoneNames names;
  std::vector<Zone> zones;
  absl::Status refused;
  for (const std::string& entry : entries) {
    const SysDirectory directory = powercap.Below(entry);
    const absl::StatusOr<std::string> name = directory.Text("name");
    if (absl::IsNotFound(name.status())) continue;  // a control type, which holds the zones
    // Without this name those behind it would be counted wrongly.
    if (!name.ok()) return name.status();
    const RaplZoneName zone = names.Next(*name);
    const auto energy = directory.Number<std::uint64_t>("energy_uj");
    if (energy.ok()) {
      // Where sysfs is mounted for us is nobody's business: the label is the path on the host.
      zones.push_back({.name = zone,
                       .path = absl::StrFormat("/sys/%s", directory.path()),
                       .joules = static_cast<double>(*energy) / kMicrojoules});
    } else if (absl::IsPermissionDenied(energy.status())) {
      refused = energy.status();
    }
  }
  if (zones.empty() && !refused.ok()) return refused;
  return zones;
}

const Family& RaplCollector::FamilyOf(const Zone& zone) {
  return families_.Get(zone.name.name, [&] {
    return DynamicFamilies::Text{
        .name = absl::StrFormat("node_rapl_%s_joules_total", SanitizeMetricName(zone.name.name)),
        .type = MetricType::kCounter,
        .unit = "joules",
        .help = absl::StrFormat("Current RAPL %s value in joules", ToUtf8(zone.name.name)),
        .label_names = {"index", "path"}};
  });
}

absl::Status RaplCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::vector<Zone> zones, Read());
  for (const Zone& zone : zones) {
    const std::string index = absl::StrFormat("%d", zone.name.index);
    if (zone_label_) {
      writer->Add(kJoules, zone.joules, index, zone.path, zone.name.name);
    } else {
      writer->Add(FamilyOf(zone), zone.joules, index, zone.path);
    }
  }
  return absl::OkStatus();
}

}  // namespace syspulse
