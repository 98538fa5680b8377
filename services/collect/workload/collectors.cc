#include <array>
#include <memory>

#include "services/collect/collector_spec.h"
#include "services/collect/workload/cgroup_collector.h"

namespace syspulse {
namespace {

constexpr std::array<CollectorSpec, 1> kCollectors = {{
    {.name = "cgroup",
     .source = kContainersSource,
     .make = [](const CollectorContext& context) -> std::unique_ptr<Collector> {
       return std::make_unique<CgroupCollector>(context.procfs, context.clock);
     }},
}};

}  // namespace

std::span<const CollectorSpec> WorkloadCollectors() { return kCollectors; }

}  // namespace syspulse
