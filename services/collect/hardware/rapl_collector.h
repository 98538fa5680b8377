// Energy that processors and memory used, as they count it themselves (running average power
// limit); source: /sys/class/powercap, see https://docs.kernel.org/power/powercap/powercap.html.
#ifndef SERVICES_COLLECT_HARDWARE_RAPL_COLLECTOR_H_
#define SERVICES_COLLECT_HARDWARE_RAPL_COLLECTOR_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// A name as zones are told apart by.
struct RaplZoneName {
  std::string name;
  int index = 0;

  bool operator==(const RaplZoneName&) const = default;
};

// Names zones one after the other. The index of "package-1" is in its name; zones of the same name
// without one ("dram" of each package) are counted.
class RaplZoneNames {
 public:
  RaplZoneName Next(std::string_view name);

 private:
  std::map<std::string, int, std::less<>> next_index_;
};

class RaplCollector final : public Collector {
 public:
  // With `zone_label` all zones share one metric. `procfs` must outlive this.
  RaplCollector(const ProcFs* procfs, bool zone_label) : procfs_(procfs), zone_label_(zone_label) {}

  std::string_view name() const override { return "rapl"; }
  // PermissionDenied if there are zones and none may be read: since Linux 5.10 they are for root
  // only.
  absl::Status Collect(MetricWriter* writer) override;

 private:
  struct Zone {
    RaplZoneName name;
    std::string path;
    double joules = 0;
  };
  absl::StatusOr<std::vector<Zone>> Read() const;
  const Family& FamilyOf(const Zone& zone);

  const ProcFs* const procfs_;
  const bool zone_label_;
  DynamicFamilies families_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_HARDWARE_RAPL_COLLECTOR_H_
