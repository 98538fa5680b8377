#include "services/collect/network/conntrack_collector.h"
#include "services/collect/network/netdev_collector.h"
#include "services/collect/network/netstat_collector.h"
#include "services/collect/network/sockstat_collector.h"
#include "services/collect/network/softnet_collector.h"
#include "tests/fuzz/targets.h"

namespace syspulse {

std::vector<FuzzTarget> NetworkTargets() {
  return {
      {"conntrack", Run<ParseConntrack>, {"web-1/proc/net/stat/nf_conntrack"}},
      {"net_dev", Run<ParseNetDev>, {"web-1/proc/net/dev"}},
      {"netstat", Run<ParseNetstat>, {"web-1/proc/net/netstat", "web-1/proc/net/snmp"}},
      {"snmp6", Run<ParseSnmp6>, {"web-1/proc/net/snmp6"}},
      {"sockstat", Run<ParseSockstat>, {"web-1/proc/net/sockstat", "web-1/proc/net/sockstat6"}},
      {"softnet", Run<ParseSoftnet>, {"web-1/proc/net/softnet_stat"}},
  };
}

}  // namespace syspulse
