// Batteries, chargers and power adapters; source: /sys/class/power_supply, see
// https://docs.kernel.org/power/power_supply_class.html.
#ifndef SERVICES_COLLECT_HARDWARE_POWER_SUPPLY_COLLECTOR_H_
#define SERVICES_COLLECT_HARDWARE_POWER_SUPPLY_COLLECTOR_H_

#include <string_view>

#include "absl/status/status.h"
#include "services/collect/collector.h"
#include "services/collect/name_filter.h"
#include "services/collect/procfs.h"

namespace syspulse {

class PowerSupplyCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  PowerSupplyCollector(const ProcFs* procfs, NameFilter supplies)
      : procfs_(procfs), supplies_(std::move(supplies)) {}

  std::string_view name() const override { return "powersupplyclass"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  void AddSupply(std::string_view supply, MetricWriter* writer);

  const ProcFs* const procfs_;
  const NameFilter supplies_;
  DynamicFamilies families_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_HARDWARE_POWER_SUPPLY_COLLECTOR_H_
