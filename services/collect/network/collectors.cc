#include <unistd.h>

#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "services/collect/collector_spec.h"
#include "services/collect/network/arp_collector.h"
#include "services/collect/network/bonding_collector.h"
#include "services/collect/network/conntrack_collector.h"
#include "services/collect/network/inet_diag.h"
#include "services/collect/network/infiniband_collector.h"
#include "services/collect/network/ipvs_collector.h"
#include "services/collect/network/netclass_collector.h"
#include "services/collect/network/netdev_collector.h"
#include "services/collect/network/netstat_collector.h"
#include "services/collect/network/sockstat_collector.h"
#include "services/collect/network/softnet_collector.h"
#include "services/collect/network/tcpstat_collector.h"
#include "services/collect/network/udp_queues_collector.h"

namespace syspulse {
namespace {

using Context = CollectorContext;
using Made = std::unique_ptr<Collector>;

// Asks the kernel only where procfs is its own: the tree may be another host's.
Made MakeTcpstat(const Context& c) {
  const bool own = c.procfs->roots().procfs == Roots().procfs;
  return std::make_unique<TcpstatCollector>(*c.procfs, own ? DumpTcpSockets : nullptr);
}

Made MakeIpvs(const Context& c) {
  const auto& chosen = c.settings->ipvs_backend_labels;
  if (!chosen) return std::make_unique<IpvsCollector>(*c.procfs);
  const std::vector<std::string_view> labels(chosen->begin(), chosen->end());
  return std::make_unique<IpvsCollector>(*c.procfs, labels);
}

constexpr std::array kCollectors = {
    CollectorSpec{"netdev", kSystemSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<NetdevCollector>(c.procfs, c.settings->netdev_devices);
                  }},
    CollectorSpec{"netstat", kSystemSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<NetstatCollector>(*c.procfs,
                                                              c.settings->netstat_fields);
                  }},
    CollectorSpec{"sockstat", kSystemSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<SockstatCollector>(*c.procfs, sysconf(_SC_PAGESIZE));
                  }},
    CollectorSpec{
        "softnet", kSystemSource,
        [](const Context& c) -> Made { return std::make_unique<SoftnetCollector>(*c.procfs); }},
    CollectorSpec{
        "conntrack", kSystemSource,
        [](const Context& c) -> Made { return std::make_unique<ConntrackCollector>(*c.procfs); }},
    CollectorSpec{"netclass", kNetworkSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<NetclassCollector>(
                        c.procfs, c.settings->netclass_devices,
                        c.settings->netclass_ignore_invalid_speed);
                  }},
    CollectorSpec{"arp", kNetworkSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<ArpCollector>(*c.procfs, c.settings->arp_devices);
                  }},
    CollectorSpec{
        "bonding", kNetworkSource,
        [](const Context& c) -> Made { return std::make_unique<BondingCollector>(c.procfs); }},
    CollectorSpec{
        "udp_queues", kNetworkSource,
        [](const Context& c) -> Made { return std::make_unique<UdpQueuesCollector>(*c.procfs); }},
    CollectorSpec{"ipvs", kNetworkSource, MakeIpvs},
    CollectorSpec{"infiniband", kNetworkSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<InfinibandCollector>(c.procfs,
                                                                 c.settings->infiniband_devices);
                  }},
    CollectorSpec{"tcpstat", kNetworkSource, MakeTcpstat},
};

}  // namespace

std::span<const CollectorSpec> NetworkCollectors() { return kCollectors; }

}  // namespace syspulse
