// Sensor chips: temperatures, fans, voltages, currents, power; source: /sys/class/hwmon.
//
// The number of a chip (hwmon3) changes from boot to boot, with the order in which drivers are
// loaded. Chips are named after their device instead (platform_coretemp_0), which stays; after
// their driver if they have no device; and by their number only if they have neither.
#ifndef SERVICES_COLLECT_HARDWARE_HWMON_COLLECTOR_H_
#define SERVICES_COLLECT_HARDWARE_HWMON_COLLECTOR_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/collect/collector.h"
#include "services/collect/hardware/hwmon_sensor.h"
#include "services/collect/name_filter.h"
#include "services/collect/procfs.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {

// What is known of a chip before it gets a name.
struct HwmonChip {
  std::string entry;                // "hwmon3"
  std::string device;               // clean name of its device's path, empty if it has none
  std::optional<std::string> name;  // what the driver calls it; empty if it does not, nothing if
                                    // that cannot be read just now

  bool operator==(const HwmonChip&) const = default;
};

// Returns the name of a device by its path without links: "platform_coretemp_0" for
// "/sys/devices/platform/coretemp.0".
std::string HwmonDeviceName(std::string_view path);

// Returns the label of each chip, in their order. Chips that share a device are told apart by what
// their drivers call them, and by their numbers where that is the same too. A chip that cannot be
// named without a driver's name that cannot be read has none.
std::vector<std::optional<std::string>> HwmonChipLabels(const std::vector<HwmonChip>& chips);

class HwmonCollector final : public Collector {
 public:
  // `chips` is asked for labels of chips, `sensors` for "<label of the chip>;<sensor>". `procfs`
  // must outlive this.
  HwmonCollector(const ProcFs* procfs, NameFilter chips, NameFilter sensors);

  std::string_view name() const override { return "hwmon"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  struct Sensor {
    std::string type;
    std::map<std::string, std::string, std::less<>> text;  // by element
  };
  using Sensors = std::map<std::string, Sensor>;  // by name, such as "temp1"

  struct Element {
    const Family* family = nullptr;
    double multiplier = 1;
    double divisor = 1;
  };

  HwmonChip Identify(const std::string& entry) const;
  Sensors ReadSensors(const std::string& entry) const;
  void AddFiles(const SysDirectory& directory, Sensors* sensors) const;

  void AddSensor(std::string_view chip, std::string_view name, const Sensor& sensor,
                 MetricWriter* writer);
  void AddElement(std::string_view chip, std::string_view name, const Sensor& sensor,
                  std::string_view element, double value, MetricWriter* writer);
  const Element& Describe(const Sensor& sensor, std::string_view element);

  const ProcFs* const procfs_;
  const NameFilter chips_;
  const NameFilter sensors_;
  DynamicFamilies families_;
  std::map<std::string, Element, std::less<>> elements_;  // by type and element
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_HARDWARE_HWMON_COLLECTOR_H_
