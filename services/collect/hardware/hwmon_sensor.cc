#include "services/collect/hardware/hwmon_sensor.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr std::array<std::string_view, 14> kTypes = {
    "vrm",  "beep_enable", "update_interval", "in",     "cpu",      "fan",       "pwm",
    "temp", "curr",        "power",           "energy", "humidity", "intrusion", "freq"};

constexpr std::string_view kDigits = "0123456789";

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> all) {
  return std::ranges::find(all, text) != all.end();
}

// The kernel's unit and the metric's.
struct Scale {
  std::string_view suffix;  // of the metric's name
  std::string_view unit;
  double multiplier = 1;
  double divisor = 1;
  MetricType type = MetricType::kGauge;
};
constexpr double kMilli = 0.001;
constexpr double kMicro = 1e6;
constexpr Scale kPlain = {.suffix = "", .unit = ""};
constexpr Scale kRatio = {.suffix = "", .unit = "", .divisor = kMicro};
constexpr Scale kVolts = {.suffix = "_volts", .unit = "volts", .multiplier = kMilli};
constexpr Scale kCelsius = {.suffix = "_celsius", .unit = "celsius", .multiplier = kMilli};
constexpr Scale kAmperes = {.suffix = "_amps", .unit = "amperes", .multiplier = kMilli};
constexpr Scale kSeconds = {.suffix = "_seconds", .unit = "seconds", .multiplier = kMilli};
constexpr Scale kWatts = {.suffix = "_watt", .unit = "watts", .divisor = kMicro};
constexpr Scale kMegahertz = {.suffix = "_freq_mhz", .unit = "megahertz", .divisor = kMicro};
constexpr Scale kRpm = {.suffix = "_rpm", .unit = "revolutions per minute"};
constexpr Scale kJoules = {
    .suffix = "_joule_total", .unit = "joules", .divisor = kMicro, .type = MetricType::kCounter};

// Returns how the values of an element are given, and the help of its metric.
std::pair<Scale, std::string> ScaleOf(std::string_view type, std::string_view element) {
  const auto help = [&](std::string_view what) {
    return absl::StrFormat("%s (%s)", what, element);
  };
  if (element == "fault" || element == "alarm") {
    return {kPlain, absl::StrFormat("Hardware sensor %s status (%s)", element, type)};
  }
  if (element == "beep") {
    return {{.suffix = "_enabled"}, "Hardware monitor sensor has beeping enabled"};
  }
  if (type == "in" || type == "cpu") return {kVolts, help("Hardware monitor for voltage")};
  if (type == "temp" && element != "type") {
    if (element.empty()) element = "input";
    return {kCelsius, help("Hardware monitor for temperature")};
  }
  if (type == "curr") return {kAmperes, help("Hardware monitor for current")};
  if (type == "energy") return {kJoules, help("Hardware monitor for joules used so far")};
  if (type == "power" && element == "accuracy") {
    return {kRatio, "Hardware monitor power meter accuracy, as a ratio"};
  }
  if (type == "power" &&
      IsOneOf(element, {"average_interval", "average_interval_min", "average_interval_max"})) {
    return {kSeconds, help("Hardware monitor power usage update interval")};
  }
  if (type == "power") return {kWatts, help("Hardware monitor for power usage in watts")};
  if (type == "humidity") {
    return {kRatio, help("Hardware monitor for humidity, as a ratio (multiply with 100.0 to get "
                         "the humidity as a percentage)")};
  }
  if (type == "fan" && IsOneOf(element, {"input", "min", "max", "target"})) {
    return {kRpm, help("Hardware monitor for fan revolutions per minute")};
  }
  if (type == "freq" && element == "input") {
    return {kMegahertz, "Hardware monitor for GPU frequency in MHz"};
  }
  return {kPlain, absl::StrFormat("Hardware monitor %s element %s", type, element)};
}

}  // namespace

std::optional<SensorFile> ParseSensorFile(std::string_view file) {
  const auto known = [](const SensorFile& parsed) -> std::optional<SensorFile> {
    if (std::ranges::find(kTypes, parsed.type) == kTypes.end()) return std::nullopt;
    return parsed;
  };
  const std::size_t digits = file.find_first_of(kDigits);
  if (digits == file.npos) return known({.type = file});
  const std::size_t end = std::min(file.find_first_not_of(kDigits, digits), file.size());
  const std::string_view rest = file.substr(end);
  if (rest.empty() || (rest.starts_with('_') && rest.size() > 1)) {
    const auto number = ParseNumber<std::int64_t>(file.substr(digits, end - digits));
    if (!number) return std::nullopt;
    return known({.type = file.substr(0, digits),
                  .number = *number,
                  .element = rest.empty() ? rest : rest.substr(1)});
  }
  // Digits that number no sensor: they belong to the element.
  const std::size_t line = file.substr(0, digits).rfind('_');
  if (line == file.npos) return std::nullopt;
  return known({.type = file.substr(0, line), .element = file.substr(line + 1)});
}

std::string CleanHwmonName(std::string_view name) {
  std::string clean;
  for (const char c : ToLower(ToUtf8(name))) {
    const bool may_stand = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ':' || c == '_';
    const bool continues_a_character = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
    if (!continues_a_character) clean += may_stand ? c : '_';
  }
  const std::size_t first = clean.find_first_not_of('_');
  if (first == clean.npos) return "";
  return clean.substr(first, clean.find_last_not_of('_') - first + 1);
}

SensorMetric DescribeSensor(std::string_view type, std::string_view element, bool has_plain_value) {
  std::string name = absl::StrFormat("node_hwmon_%s", type);
  if (element == "input") {
    if (has_plain_value) name += "_input";
  } else if (!element.empty()) {
    name += '_' + CleanHwmonName(element);
  }
  auto [scale, help] = ScaleOf(type, element);
  return {.text = {.name = name + std::string(scale.suffix),
                   .type = scale.type,
                   .unit = std::string(scale.unit),
                   .help = ToUtf8(help),
                   .label_names = kHwmonLabels},
          .multiplier = scale.multiplier,
          .divisor = scale.divisor};
}

}  // namespace syspulse
