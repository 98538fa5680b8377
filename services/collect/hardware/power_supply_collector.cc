#include "services/collect/hardware/power_supply_collector.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {
namespace {

constexpr Family kInfo{
    "node_power_supply_info",
    MetricType::kGauge,
    "",
    "info of /sys/class/power_supply/<power_supply>.",
    {"power_supply", "capacity_level", "charge_type", "health", "manufacturer", "model_name",
     "serial_number", "status", "technology", "type", "usb_type", "scope"}};

// An attribute that is a number.
struct Value {
  std::string_view attribute;
  std::string_view metric;  // without node_power_supply_
  std::string_view unit;
  double divisor;  // from the kernel's unit to the metric's
};

constexpr double kWhole = 1;
constexpr double kMicro = 1e6;
constexpr double kTenths = 10;

// By attribute.
constexpr std::array kValues = {
    Value{"authentic", "authentic", "", kWhole},
    Value{"calibrate", "calibrate", "", kWhole},
    Value{"capacity", "capacity", "percent", kWhole},
    Value{"capacity_alert_max", "capacity_alert_max", "percent", kWhole},
    Value{"capacity_alert_min", "capacity_alert_min", "percent", kWhole},
    Value{"charge_control_limit", "charge_control_limit", "", kMicro},
    Value{"charge_control_limit_max", "charge_control_limit_max", "", kMicro},
    Value{"charge_counter", "charge_counter", "ampere hours", kMicro},
    Value{"charge_empty", "charge_empty", "ampere hours", kMicro},
    Value{"charge_empty_design", "charge_empty_design", "ampere hours", kMicro},
    Value{"charge_full", "charge_full", "ampere hours", kMicro},
    Value{"charge_full_design", "charge_full_design", "ampere hours", kMicro},
    Value{"charge_now", "charge_ampere", "ampere hours", kMicro},
    Value{"charge_term_current", "charge_term_current", "amperes", kMicro},
    Value{"constant_charge_current", "constant_charge_current", "amperes", kMicro},
    Value{"constant_charge_current_max", "constant_charge_current_max", "amperes", kMicro},
    Value{"constant_charge_voltage", "constant_charge_voltage", "volts", kMicro},
    Value{"constant_charge_voltage_max", "constant_charge_voltage_max", "volts", kMicro},
    Value{"current_boot", "current_boot", "amperes", kMicro},
    Value{"current_max", "current_max", "amperes", kMicro},
    Value{"current_now", "current_ampere", "amperes", kMicro},
    Value{"cycle_count", "cyclecount", "", kWhole},
    Value{"energy_empty", "energy_empty", "watt hours", kMicro},
    Value{"energy_empty_design", "energy_empty_design", "watt hours", kMicro},
    Value{"energy_full", "energy_full", "watt hours", kMicro},
    Value{"energy_full_design", "energy_full_design", "watt hours", kMicro},
    Value{"energy_now", "energy_watthour", "watt hours", kMicro},
    Value{"input_current_limit", "input_current_limit", "amperes", kMicro},
    Value{"online", "online", "", kWhole},
    Value{"power_now", "power_watt", "watts", kMicro},
    Value{"precharge_current", "precharge_current", "amperes", kMicro},
    Value{"present", "present", "", kWhole},
    Value{"temp", "temp_celsius", "celsius", kTenths},
    Value{"temp_alert_max", "temp_alert_max_celsius", "celsius", kTenths},
    Value{"temp_alert_min", "temp_alert_min_celsius", "celsius", kTenths},
    Value{"temp_ambient", "temp_ambient_celsius", "celsius", kTenths},
    Value{"temp_ambient_max", "temp_ambient_max_celsius", "celsius", kTenths},
    Value{"temp_ambient_min", "temp_ambient_min_celsius", "celsius", kTenths},
    Value{"temp_max", "temp_max_celsius", "celsius", kTenths},
    Value{"temp_min", "temp_min_celsius", "celsius", kTenths},
    Value{"time_to_empty_now", "time_to_empty_seconds", "seconds", kWhole},
    Value{"time_to_full_now", "time_to_full_seconds", "seconds", kWhole},
    Value{"voltage_boot", "voltage_boot", "volts", kMicro},
    Value{"voltage_max", "voltage_max", "volts", kMicro},
    Value{"voltage_max_design", "voltage_max_design", "volts", kMicro},
    Value{"voltage_min", "voltage_min", "volts", kMicro},
    Value{"voltage_min_design", "voltage_min_design", "volts", kMicro},
    Value{"voltage_now", "voltage_volt", "volts", kMicro},
    Value{"voltage_ocv", "voltage_ocv", "volts", kMicro},
};
static_assert(std::ranges::is_sorted(kValues, {}, &Value::attribute));

DynamicFamilies::Text TextOf(const Value& value) {
  return {
      .name = absl::StrFormat("node_power_supply_%s", value.metric),
      .type = MetricType::kGauge,
      .unit = std::string(value.unit),
      .help = absl::StrFormat("%s value of /sys/class/power_supply/<power_supply>.", value.metric),
      .label_names = {"power_supply"}};
}

}  // namespace

void PowerSupplyCollector::AddSupply(std::string_view supply, MetricWriter* writer) {
  const SysDirectory directory = SysDirectory(procfs_, "class/power_supply").Below(supply);
  // Each has a few of the attributes: asking for all of them would cost more than to look.
  const absl::StatusOr<std::vector<std::string>> attributes = directory.List();
  if (!attributes.ok()) return;  // unplugged since
  for (const std::string& attribute : *attributes) {
    const auto value = std::ranges::lower_bound(kValues, attribute, {}, &Value::attribute);
    if (value == kValues.end() || value->attribute != attribute) continue;
    const auto number = directory.Number<std::int64_t>(attribute);
    if (!number.ok()) continue;
    writer->Add(families_.Get(attribute, [&] { return TextOf(*value); }),
                static_cast<double>(*number) / value->divisor, supply);
  }
  std::array<std::string, std::size(decltype(kInfo.label_names){})> texts;
  std::vector<std::string_view> labels = {supply};
  for (std::size_t i = 1; i < texts.size() && !kInfo.label_names[i].empty(); ++i) {
    const bool there = std::ranges::binary_search(*attributes, kInfo.label_names[i]);
    if (there) texts[i] = directory.Text(kInfo.label_names[i]).value_or("");
    labels.push_back(texts[i]);
  }
  writer->AddSeries(kInfo, 1, labels);
}

absl::Status PowerSupplyCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::vector<std::string> supplies, procfs_->ListSys("class/power_supply"));
  for (const std::string& supply : supplies) {
    if (supplies_.Takes(supply)) AddSupply(supply, writer);
  }
  return absl::OkStatus();
}

}  // namespace syspulse
