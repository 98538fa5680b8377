#include <array>
#include <memory>

#include "services/collect/collector_spec.h"
#include "services/collect/network/netdev_collector.h"

namespace syspulse {
namespace {

using Context = CollectorContext;
using Made = std::unique_ptr<Collector>;

constexpr std::array kCollectors = {
    CollectorSpec{
        "netdev", kSystemSource,
        [](const Context& c) -> Made { return std::make_unique<NetdevCollector>(c.procfs); }},
};

}  // namespace

std::span<const CollectorSpec> NetworkCollectors() { return kCollectors; }

}  // namespace syspulse
