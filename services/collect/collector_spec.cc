#include "services/collect/collector_spec.h"

namespace syspulse {

std::vector<CollectorSpec> AllCollectors() {
  std::vector<CollectorSpec> all;
  for (const std::span<const CollectorSpec> group :
       {KernelCollectors(), NetworkCollectors(), StorageCollectors(), HardwareCollectors(),
        WorkloadCollectors()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

}  // namespace syspulse
