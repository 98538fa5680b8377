// What the files of a sensor chip are called, and what their values mean; see
// https://docs.kernel.org/hwmon/sysfs-interface.html.
//
// "temp1_crit" is the element "crit" of the sensor "temp1", which is of the type "temp". Names and
// units of metrics follow from type and element, as node_exporter makes them, oddities included: an
// alarm of a certain limit ("crit_alarm") counts as a temperature.
#ifndef SERVICES_COLLECT_HARDWARE_HWMON_SENSOR_H_
#define SERVICES_COLLECT_HARDWARE_HWMON_SENSOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/collect/metric_writer.h"

namespace syspulse {

inline constexpr LabelNames kHwmonLabels = {"chip", "sensor"};

// A file's name, taken apart.
struct SensorFile {
  std::string_view type;     // "temp"
  std::int64_t number = 0;   // 0 if there is none
  std::string_view element;  // "crit", or empty

  bool operator==(const SensorFile&) const = default;
};

// Returns the parts of a file's name; nothing if it is not a sensor's.
std::optional<SensorFile> ParseSensorFile(std::string_view file);

// Returns `name` in lower case with an underscore for each character that may not stand in a
// metric's name, and without underscores at its ends.
std::string CleanHwmonName(std::string_view name);

// What the value of an element is as a metric.
struct SensorMetric {
  DynamicFamilies::Text text;
  double multiplier = 1;  // from the kernel's unit to the metric's
  double divisor = 1;     // n / 1e6 and n * 1e-6 are not the same double
};

// Returns the metric of an element. `has_plain_value` tells that the sensor also has a file without
// an element ("pwm1"), whose metric has the name that is the input's otherwise.
SensorMetric DescribeSensor(std::string_view type, std::string_view element, bool has_plain_value);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_HARDWARE_HWMON_SENSOR_H_
