// What the network protocols counted; source: /proc/net/netstat, /proc/net/snmp and
// /proc/net/snmp6, proc(5).
//
// The kernel counts some 400 things and decides which there are; a filter of names such as
// TcpExt_ListenDrops says which of them are metrics. It is asked once for each name, not each tick.
// Fields keep node_exporter's type, untyped: the files do not say which of them are counters.
#ifndef SERVICES_COLLECT_NETWORK_NETSTAT_COLLECTOR_H_
#define SERVICES_COLLECT_NETWORK_NETSTAT_COLLECTOR_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/name_filter.h"
#include "services/collect/procfs.h"

namespace syspulse {

// One statistic.
struct NetstatField {
  std::string_view protocol;  // such as "TcpExt"; points into the text, as does the name
  std::string_view name;
  double value = 0;  // a count; Tcp's MaxConn is -1 where it is not fixed

  bool operator==(const NetstatField&) const = default;
};

// Returns all fields of a file of line pairs, names above values; `file` is what errors call it.
// DataLoss if lines do not pair up, or the text is cut or empty.
absl::StatusOr<std::vector<NetstatField>> ParseNetstat(std::string_view text,
                                                       std::string_view file);

// Returns all fields of /proc/net/snmp6, whose protocols end with "6". DataLoss if a line is not
// one, or the text is cut or empty.
absl::StatusOr<std::vector<NetstatField>> ParseSnmp6(std::string_view text);

class NetstatCollector final : public Collector {
 public:
  NetstatCollector(const ProcFs& procfs, NameFilter fields)
      : filter_(std::move(fields)),
        netstat_(procfs.Proc("net/netstat")),
        snmp_(procfs.Proc("net/snmp")),
        snmp6_(procfs.Proc("net/snmp6")) {}

  std::string_view name() const override { return "netstat"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  // What was decided about the field at a position.
  struct Choice {
    std::string protocol;
    std::string name;
    const Family* family = nullptr;  // null: the filter does not take it
  };

  const Family* FamilyAt(std::size_t position, const NetstatField& field);

  const NameFilter filter_;
  ProcFile netstat_;
  ProcFile snmp_;
  ProcFile snmp6_;
  DynamicFamilies families_;
  std::vector<Choice> choices_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_NETWORK_NETSTAT_COLLECTOR_H_
