#include <unistd.h>

#include <array>
#include <memory>

#include "services/collect/collector_spec.h"
#include "services/collect/network/conntrack_collector.h"
#include "services/collect/network/netdev_collector.h"
#include "services/collect/network/netstat_collector.h"
#include "services/collect/network/sockstat_collector.h"
#include "services/collect/network/softnet_collector.h"

namespace syspulse {
namespace {

using Context = CollectorContext;
using Made = std::unique_ptr<Collector>;

constexpr std::array kCollectors = {
    CollectorSpec{
        "netdev", kSystemSource,
        [](const Context& c) -> Made { return std::make_unique<NetdevCollector>(c.procfs); }},
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
};

}  // namespace

std::span<const CollectorSpec> NetworkCollectors() { return kCollectors; }

}  // namespace syspulse
