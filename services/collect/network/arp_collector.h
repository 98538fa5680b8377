// Neighbours in the ARP table by device; source: /proc/net/arp, proc(5).
//
// The file and the kernel's netlink interface, which node_exporter asks, show the same neighbours
// but for two kinds: the file also shows addresses that the host answers for others (proxy
// entries), which are left out here, and it does not show an entry in the instant before its first
// request is sent. So nothing is gained by the detour.
#ifndef SERVICES_COLLECT_NETWORK_ARP_COLLECTOR_H_
#define SERVICES_COLLECT_NETWORK_ARP_COLLECTOR_H_

#include <optional>
#include <string_view>
#include <utility>

#include "services/collect/collector.h"
#include "services/collect/name_filter.h"
#include "services/collect/procfs.h"

namespace syspulse {

// One line behind the heads.
struct ArpEntry {
  std::string_view device;  // points into the line
  bool is_proxy = false;    // an address that this host answers for

  bool operator==(const ArpEntry&) const = default;
};

// Returns what a line says; nothing if it is not one.
std::optional<ArpEntry> ParseArpLine(std::string_view line);

class ArpCollector final : public Collector {
 public:
  ArpCollector(const ProcFs& procfs, NameFilter devices)
      : devices_(std::move(devices)), arp_(procfs.Proc("net/arp")) {}

  std::string_view name() const override { return "arp"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  const NameFilter devices_;
  ProcFile arp_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_NETWORK_ARP_COLLECTOR_H_
