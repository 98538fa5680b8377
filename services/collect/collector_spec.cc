#include "services/collect/collector_spec.h"

#include <algorithm>

namespace syspulse {

bool CollectorSpec::Runs(const CollectorSettings& settings) const {
  const bool own_switch = part_of.empty() || settings.chosen.contains(name);
  return settings.Runs(own_switch ? name : part_of, by_default);
}

std::vector<CollectorSpec> AllCollectors() {
  std::vector<CollectorSpec> all;
  for (const std::span<const CollectorSpec> group :
       {KernelCollectors(), NetworkCollectors(), StorageCollectors(), HardwareCollectors(),
        WorkloadCollectors()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

bool AnyRuns(const CollectorSettings& settings) {
  return std::ranges::any_of(AllCollectors(),
                             [&](const CollectorSpec& spec) { return spec.Runs(settings); });
}

}  // namespace syspulse
