#include "services/collect/hardware/hwmon_collector.h"

#include <cmath>
#include <set>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr std::string_view kClass = "class/hwmon";

constexpr Family kChipName{"node_hwmon_chip_names",
                           MetricType::kGauge,
                           "",
                           "Annotation metric for human-readable chip names",
                           {"chip", "chip_name"}};
constexpr Family kSensorLabel{"node_hwmon_sensor_label",
                              MetricType::kGauge,
                              "",
                              "Label for given chip and sensor",
                              {"chip", "sensor", "label"}};
constexpr Family kBeepEnabled{"node_hwmon_beep_enabled", MetricType::kGauge, "",
                              "Hardware beep enabled", kHwmonLabels};
constexpr Family kRegulatorVersion{"node_hwmon_voltage_regulator_version", MetricType::kGauge, "",
                                   "Hardware voltage regulator", kHwmonLabels};
constexpr Family kUpdateInterval{"node_hwmon_update_interval_seconds", MetricType::kGauge,
                                 "seconds", "Hardware monitor update interval", kHwmonLabels};

constexpr double kSecondsPerMillisecond = 0.001;

std::string_view TakeLastComponent(std::string_view* path) {
  while (path->ends_with('/')) path->remove_suffix(1);
  const std::size_t slash = path->rfind('/');
  const std::string_view last = slash == path->npos ? *path : path->substr(slash + 1);
  path->remove_suffix(last.size());
  return last;
}

std::optional<double> ParseValue(std::string_view text) {
  const std::optional<double> value = ParseNumber<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

// Returns a value as it stands in its file: blanks are part of a sensor's label.
std::optional<std::string> ReadValue(const ProcFs& procfs, const std::string& path) {
  const absl::StatusOr<std::string> text = procfs.ReadSys(path);
  if (!text.ok() || !text->ends_with('\n')) return std::nullopt;
  const std::size_t first = text->find_first_not_of('\n');
  if (first == text->npos) return "";
  return text->substr(first, text->find_last_not_of('\n') - first + 1);
}

// What a chip is called unless another is called the same; nothing if that is not known.
std::optional<std::string> OwnName(const HwmonChip& chip) {
  if (!chip.device.empty()) return chip.device;
  if (!chip.name) return std::nullopt;
  const std::string name = CleanHwmonName(*chip.name);
  return name.empty() ? CleanHwmonName(chip.entry) : name;
}

}  // namespace

std::string HwmonDeviceName(std::string_view path) {
  const std::string name = CleanHwmonName(TakeLastComponent(&path));
  const std::string bus = CleanHwmonName(TakeLastComponent(&path));
  return name.empty() || bus.empty() ? name : absl::StrFormat("%s_%s", bus, name);
}

std::vector<std::optional<std::string>> HwmonChipLabels(const std::vector<HwmonChip>& chips) {
  std::multiset<std::string> own_names;
  std::multiset<std::pair<std::string, std::string>> full_names;
  std::set<std::string> unsure;  // names that a chip has whose driver's name is not known
  for (const HwmonChip& chip : chips) {
    const std::optional<std::string> own = OwnName(chip);
    if (!own) continue;
    own_names.insert(*own);
    full_names.emplace(*own, chip.name.value_or(""));
    if (!chip.name) unsure.insert(*own);
  }
  std::vector<std::optional<std::string>> labels;
  for (const HwmonChip& chip : chips) {
    std::optional<std::string> label = OwnName(chip);
    if (label && own_names.count(*label) > 1) {
      std::string suffix = CleanHwmonName(chip.name.value_or(""));
      if (suffix.empty() || full_names.count({*label, chip.name.value_or("")}) > 1) {
        suffix = CleanHwmonName(chip.entry);
      }
      label = unsure.contains(*label) ? std::nullopt
                                      : std::optional(absl::StrFormat("%s_%s", *label, suffix));
    }
    labels.push_back(std::move(label));
  }
  return labels;
}

HwmonCollector::HwmonCollector(const ProcFs* procfs, NameFilter chips, NameFilter sensors)
    : procfs_(procfs), chips_(std::move(chips)), sensors_(std::move(sensors)) {}

HwmonChip HwmonCollector::Identify(const std::string& entry) const {
  const SysDirectory directory = SysDirectory(procfs_, std::string(kClass)).Below(entry);
  HwmonChip chip{.entry = entry};
  if (const auto device = procfs_->ResolveSys(directory.Below("device").path()); device.ok()) {
    chip.device = HwmonDeviceName(*device);
  }
  absl::StatusOr<std::string> name = directory.Text("name");
  if (absl::IsNotFound(name.status())) name = "";
  if (name.ok()) chip.name = *std::move(name);
  return chip;
}

void HwmonCollector::AddFiles(const SysDirectory& directory, Sensors* sensors) const {
  const absl::StatusOr<std::vector<std::string>> files = directory.List();
  if (!files.ok()) return;
  for (const std::string& file : *files) {
    const std::optional<SensorFile> parsed = ParseSensorFile(file);
    if (!parsed) continue;
    // Drivers answer EAGAIN, EIO or ENODEV for sensors that sleep or are broken.
    std::optional<std::string> text = ReadValue(*procfs_, directory.Below(file).path());
    if (!text) continue;
    Sensor& sensor = (*sensors)[absl::StrFormat("%s%d", parsed->type, parsed->number)];
    sensor.type = std::string(parsed->type);
    sensor.text[std::string(parsed->element)] = *std::move(text);
  }
}

HwmonCollector::Sensors HwmonCollector::ReadSensors(const std::string& entry) const {
  const SysDirectory directory = SysDirectory(procfs_, std::string(kClass)).Below(entry);
  Sensors sensors;
  AddFiles(directory, &sensors);
  // Drivers of old have them in the directory of the device.
  AddFiles(directory.Below("device"), &sensors);
  return sensors;
}

const HwmonCollector::Element& HwmonCollector::Describe(const Sensor& sensor,
                                                        std::string_view element) {
  const bool has_plain_value = sensor.text.contains("");
  const std::string key =
      absl::StrFormat("%s/%s%s", sensor.type, has_plain_value ? "+" : "", element);
  auto found = elements_.find(key);
  if (found == elements_.end()) {
    SensorMetric metric = DescribeSensor(sensor.type, element, has_plain_value);
    const Family& family = families_.Get(key, [&] { return std::move(metric.text); });
    found = elements_
                .emplace(key, Element{.family = &family,
                                      .multiplier = metric.multiplier,
                                      .divisor = metric.divisor})
                .first;
  }
  return found->second;
}

void HwmonCollector::AddElement(std::string_view chip, std::string_view name, const Sensor& sensor,
                                std::string_view element, double value, MetricWriter* writer) {
  const Element& described = Describe(sensor, element);
  const double scaled = value * described.multiplier / described.divisor;
  if (sensor.type == "freq" && element == "input") {
    // Frequencies go by their labels, and those without one are left out.
    const auto label = sensor.text.find("label");
    if (label == sensor.text.end()) return;
    writer->Add(*described.family, scaled, chip, CleanHwmonName(label->second));
  } else {
    writer->Add(*described.family, scaled, chip, name);
  }
}

void HwmonCollector::AddSensor(std::string_view chip, std::string_view name, const Sensor& sensor,
                               MetricWriter* writer) {
  if (const auto label = sensor.text.find("label"); label != sensor.text.end()) {
    writer->Add(kSensorLabel, 1, chip, name, label->second);
  }
  if (sensor.type == "beep_enable" || sensor.type == "vrm" || sensor.type == "update_interval") {
    const auto text = sensor.text.find("");
    if (text == sensor.text.end()) return;
    const std::optional<double> value = ParseValue(text->second);
    if (!value) return;
    if (sensor.type == "beep_enable") {
      writer->Add(kBeepEnabled, *value == 1 ? 1 : 0, chip, name);
    } else if (sensor.type == "vrm") {
      writer->Add(kRegulatorVersion, *value, chip, name);
    } else {
      writer->Add(kUpdateInterval, *value * kSecondsPerMillisecond, chip, name);
    }
    return;
  }
  for (const auto& [element, text] : sensor.text) {
    if (element == "label") continue;
    if (const std::optional<double> value = ParseValue(text)) {
      AddElement(chip, name, sensor, element, *value, writer);
    }
  }
}

absl::Status HwmonCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::vector<std::string> entries, procfs_->ListSys(kClass));
  std::vector<HwmonChip> chips;
  for (const std::string& entry : entries) chips.push_back(Identify(entry));
  const std::vector<std::optional<std::string>> labels = HwmonChipLabels(chips);
  for (std::size_t i = 0; i < chips.size(); ++i) {
    if (!labels[i] || !chips_.Takes(*labels[i])) continue;
    const std::string& chip = *labels[i];
    const Sensors sensors = ReadSensors(chips[i].entry);
    const std::string human_name = CleanHwmonName(chips[i].name.value_or(""));
    if (!human_name.empty()) writer->Add(kChipName, 1, chip, human_name);
    for (const auto& [name, sensor] : sensors) {
      if (sensors_.Takes(absl::StrFormat("%s;%s", chip, name))) {
        AddSensor(chip, name, sensor, writer);
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace syspulse
