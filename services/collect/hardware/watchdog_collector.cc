#include "services/collect/hardware/watchdog_collector.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "services/base/status_macros.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {
namespace {

constexpr Family kInfo{"node_watchdog_info",
                       MetricType::kGauge,
                       "",
                       "Info of /sys/class/watchdog/<watchdog>",
                       {"name", "options", "identity", "state", "status", "pretimeout_governor"}};

// An attribute that is a number.
struct Value {
  std::string_view attribute;
  Family family;
};
constexpr Value Gauge(std::string_view attribute, std::string_view metric, std::string_view unit,
                      std::string_view help) {
  return {attribute, {metric, MetricType::kGauge, unit, help, {"name"}}};
}

constexpr std::array kValues = {
    Gauge("bootstatus", "node_watchdog_bootstatus", "",
          "Value of /sys/class/watchdog/<watchdog>/bootstatus"),
    Gauge("fw_version", "node_watchdog_fw_version", "",
          "Value of /sys/class/watchdog/<watchdog>/fw_version"),
    Gauge("nowayout", "node_watchdog_nowayout", "",
          "Value of /sys/class/watchdog/<watchdog>/nowayout"),
    Gauge("timeleft", "node_watchdog_timeleft_seconds", "seconds",
          "Value of /sys/class/watchdog/<watchdog>/timeleft"),
    Gauge("timeout", "node_watchdog_timeout_seconds", "seconds",
          "Value of /sys/class/watchdog/<watchdog>/timeout"),
    Gauge("pretimeout", "node_watchdog_pretimeout_seconds", "seconds",
          "Value of /sys/class/watchdog/<watchdog>/pretimeout"),
    Gauge("access_cs0", "node_watchdog_access_cs0", "",
          "Value of /sys/class/watchdog/<watchdog>/access_cs0"),
};

}  // namespace

absl::Status WatchdogCollector::Collect(MetricWriter* writer) {
  const SysDirectory watchdogs(procfs_, "class/watchdog");
  ASSIGN_OR_RETURN(const std::vector<std::string> names, watchdogs.List());
  for (const std::string& name : names) {
    const SysDirectory watchdog = watchdogs.Below(name);
    for (const Value& value : kValues) {
      const auto number = watchdog.Number<std::int64_t>(value.attribute);
      if (number.ok()) writer->Add(value.family, static_cast<double>(*number), name);
    }
    // A kernel without CONFIG_WATCHDOG_SYSFS has none of these: the watchdog is named nevertheless.
    const auto text = [&](std::string_view attribute) {
      return watchdog.Text(attribute).value_or("");
    };
    writer->Add(kInfo, 1, name, text("options"), text("identity"), text("state"), text("status"),
                text("pretimeout_governor"));
  }
  return absl::OkStatus();
}

}  // namespace syspulse
