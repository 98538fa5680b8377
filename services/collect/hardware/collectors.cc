#include <array>
#include <memory>

#include "services/collect/collector_spec.h"
#include "services/collect/hardware/cpufreq_collector.h"
#include "services/collect/hardware/dmi_collector.h"
#include "services/collect/hardware/edac_collector.h"
#include "services/collect/hardware/hwmon_collector.h"
#include "services/collect/hardware/nvme_collector.h"
#include "services/collect/hardware/nvme_subsystem_collector.h"
#include "services/collect/hardware/power_supply_collector.h"
#include "services/collect/hardware/rapl_collector.h"
#include "services/collect/hardware/thermal_zone_collector.h"
#include "services/collect/hardware/watchdog_collector.h"

namespace syspulse {
namespace {

using Context = CollectorContext;
using Made = std::unique_ptr<Collector>;

// Returns a collector that needs nothing but files.
template <typename Type>
Made Make(const Context& c) {
  return std::make_unique<Type>(c.procfs);
}

constexpr std::array kCollectors = {
    CollectorSpec{"cpufreq", kHardwareSource, Make<CpufreqCollector>},
    CollectorSpec{"dmi", kHardwareSource, Make<DmiCollector>},
    CollectorSpec{"edac", kHardwareSource, Make<EdacCollector>},
    CollectorSpec{"hwmon", kHardwareSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<HwmonCollector>(c.procfs, c.settings->hwmon_chips,
                                                            c.settings->hwmon_sensors);
                  }},
    CollectorSpec{"nvme", kHardwareSource, Make<NvmeCollector>},
    CollectorSpec{"nvmesubsystem", kHardwareSource, Make<NvmeSubsystemCollector>,
                  /*by_default=*/false},
    CollectorSpec{"powersupplyclass", kHardwareSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<PowerSupplyCollector>(c.procfs,
                                                                  c.settings->power_supplies);
                  }},
    CollectorSpec{"rapl", kHardwareSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<RaplCollector>(c.procfs, c.settings->rapl_zone_label);
                  }},
    CollectorSpec{"thermal_zone", kHardwareSource, Make<ThermalZoneCollector>},
    CollectorSpec{"watchdog", kHardwareSource, Make<WatchdogCollector>},
};

}  // namespace

std::span<const CollectorSpec> HardwareCollectors() { return kCollectors; }

}  // namespace syspulse
