#include "services/collect/kernel/time_collector.h"

#include <utility>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr Family kSeconds{"node_time_seconds", MetricType::kGauge, "seconds",
                          "System time in seconds since epoch (1970)."};
constexpr Family kZoneOffset{"node_time_zone_offset_seconds",
                             MetricType::kGauge,
                             "seconds",
                             "System time zone offset in seconds.",
                             {"time_zone"}};
constexpr Family kAvailable{"node_time_clocksource_available_info",
                            MetricType::kGauge,
                            "",
                            "Available clocksources read from '/sys/devices/system/clocksource'.",
                            {"device", "clocksource"}};
constexpr Family kCurrent{"node_time_clocksource_current_info",
                          MetricType::kGauge,
                          "",
                          "Current clocksource read from '/sys/devices/system/clocksource'.",
                          {"device", "clocksource"}};
constexpr std::string_view kDirectory = "devices/system/clocksource";
constexpr std::string_view kPrefix = "clocksource";

}  // namespace

absl::Status TimeCollector::FindDevices() {
  if (!devices_.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<std::string> names, procfs_->ListSys(kDirectory));
  for (const std::string& name : names) {
    if (!name.starts_with(kPrefix)) continue;
    const std::string path = absl::StrFormat("%s/%s", kDirectory, name);
    devices_.push_back(Device{.number = name.substr(kPrefix.size()),
                              .available = procfs_->Sys(path + "/available_clocksource"),
                              .current = procfs_->Sys(path + "/current_clocksource")});
  }
  return absl::OkStatus();
}

absl::StatusOr<TimeCollector::Sources> TimeCollector::ReadSources(Device* device) {
  Sources sources;
  ASSIGN_OR_RETURN(std::string_view available, device->available.Read());
  RETURN_IF_ERROR(CheckWholeLines(available, device->available.path()));
  available = TakeUntil(&available, '\n');
  for (std::string_view name = TakeField(&available); !name.empty(); name = TakeField(&available)) {
    sources.available.push_back(name);
  }
  ASSIGN_OR_RETURN(std::string_view current, device->current.Read());
  RETURN_IF_ERROR(CheckWholeLines(current, device->current.path()));
  sources.current = TakeField(&current);
  sources.current = Trim(sources.current);
  return sources;
}

absl::Status TimeCollector::Collect(MetricWriter* writer) {
  // Time itself is published whatever sysfs says.
  const absl::Time now = clock_->Now();
  writer->Add(kSeconds, absl::ToDoubleSeconds(now - absl::UnixEpoch()));
  const absl::TimeZone::CivilInfo local = zone_.At(now);
  writer->Add(kZoneOffset, static_cast<double>(local.offset), local.zone_abbr);

  RETURN_IF_ERROR(FindDevices());
  std::vector<Sources> sources;
  for (Device& device : devices_) {
    ASSIGN_OR_RETURN(Sources one, ReadSources(&device));
    sources.push_back(std::move(one));
  }
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    for (const std::string_view source : sources[i].available) {
      writer->Add(kAvailable, 1, devices_[i].number, source);
    }
    if (!sources[i].current.empty()) {
      writer->Add(kCurrent, 1, devices_[i].number, sources[i].current);
    }
  }
  return absl::OkStatus();
}

}  // namespace syspulse
