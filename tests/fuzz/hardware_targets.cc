#include "services/collect/sys_attribute.h"
#include "tests/fuzz/targets.h"

namespace syspulse {

std::vector<FuzzTarget> HardwareTargets() {
  return {
      {"attribute", Run<ParseAttribute>, {" 42 \n"}},
  };
}

}  // namespace syspulse
