#include "services/collect/collector_spec.h"

namespace syspulse {

std::span<const CollectorSpec> HardwareCollectors() { return {}; }

}  // namespace syspulse
