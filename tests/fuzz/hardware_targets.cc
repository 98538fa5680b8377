#include "tests/fuzz/targets.h"

namespace syspulse {

std::vector<FuzzTarget> HardwareTargets() { return {}; }

}  // namespace syspulse
