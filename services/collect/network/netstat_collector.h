// What the network protocols counted; source: /proc/net/netstat, /proc/net/snmp and
// /proc/net/snmp6, proc(5).
//
// The kernel counts some 400 things and decides which there are; a filter of names such as
// TcpExt_ListenDrops says which of them are metrics. It is asked once for each name, not each tick.
// Fields keep node_exporter's type, untyped: the files do not say which of them are counters.
#ifndef SERVICES_COLLECT_NETWORK_NETSTAT_COLLECTOR_H_
#define SERVICES_COLLECT_NETWORK_NETSTAT_COLLECTOR_H_

#include <string_view>

#include "absl/status/status.h"
#include "services/collect/collector.h"
#include "services/collect/name_filter.h"
#include "services/collect/network/netstat_fields.h"
#include "services/collect/procfs.h"

namespace syspulse {

class NetstatCollector final : public Collector {
 public:
  // Takes the fields whose names, such as TcpExt_ListenDrops, the filter does.
  NetstatCollector(const ProcFs& procfs, NameFilter fields);
  NetstatCollector(const NetstatCollector&) = delete;
  NetstatCollector& operator=(const NetstatCollector&) = delete;

  std::string_view name() const override { return "netstat"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  // A file and what was made of its names.
  struct Statistics {
    ProcFile file;
    NetstatFields fields;
  };

  Statistics Of(const ProcFs& procfs, std::string_view path, NetstatFields::Shape shape);
  const Family* FamilyOf(std::string_view protocol, std::string_view field);

  const NameFilter filter_;
  DynamicFamilies families_;
  Statistics netstat_;
  Statistics snmp_;
  Statistics snmp6_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_NETWORK_NETSTAT_COLLECTOR_H_
