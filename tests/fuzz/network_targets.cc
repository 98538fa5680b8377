#include "services/collect/network/netdev_collector.h"
#include "tests/fuzz/targets.h"

namespace syspulse {

std::vector<FuzzTarget> NetworkTargets() {
  return {
      {"net_dev", Run<ParseNetDev>, {"web-1/proc/net/dev"}},
  };
}

}  // namespace syspulse
