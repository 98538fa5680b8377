#include <array>
#include <memory>

#include "services/collect/collector_spec.h"
#include "services/collect/workload/cgroup_collector.h"
#include "services/collect/workload/processes_collector.h"
#include "services/collect/workload/sd_unit_bus.h"
#include "services/collect/workload/systemd_collector.h"
#include "services/collect/workload/textfile_collector.h"

namespace syspulse {
namespace {

using Context = CollectorContext;
using Made = std::unique_ptr<Collector>;

constexpr std::array kCollectors = {
    CollectorSpec{"cgroup", kContainersSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<CgroupCollector>(c.procfs, c.clock);
                  }},
    CollectorSpec{"processes", kProcessesSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<ProcessesCollector>(*c.procfs, c.process_counts);
                  }},
    CollectorSpec{"systemd", kUnitsSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<SystemdCollector>(
                        ConnectToSystemd(c.procfs, c.clock, kSystemdCallTimeout), c.settings,
                        c.clock);
                  }},
    CollectorSpec{"textfile", kTextfileSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<TextfileCollector>(c.settings->textfile_directories);
                  }},
};

}  // namespace

std::span<const CollectorSpec> WorkloadCollectors() { return kCollectors; }

}  // namespace syspulse
