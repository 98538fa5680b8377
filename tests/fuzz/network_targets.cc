#include <array>
#include <cstdlib>
#include <string_view>

#include "services/collect/network/arp_collector.h"
#include "services/collect/network/conntrack_collector.h"
#include "services/collect/network/inet_diag.h"
#include "services/collect/network/infiniband_collector.h"
#include "services/collect/network/ipvs_collector.h"
#include "services/collect/network/netclass_collector.h"
#include "services/collect/network/netdev_collector.h"
#include "services/collect/network/netstat_fields.h"
#include "services/collect/network/socket_line.h"
#include "services/collect/network/sockstat_collector.h"
#include "services/collect/network/softnet_collector.h"
#include "tests/fuzz/targets.h"

namespace syspulse {
namespace {

void RunInetDiag(std::string_view input) {
  (void)ParseInetDiag(input, [](const SocketLine&) {});
}

// The second time the names are known.
template <NetstatFields::Shape kShape>
void RunNetstat(std::string_view input) {
  static constexpr Family kFamily{"field", MetricType::kUntyped, "", ""};
  NetstatFields fields("the file", kShape, [](std::string_view, std::string_view field) {
    return field.size() % 2 == 0 ? &kFamily : nullptr;
  });
  const auto first = fields.Parse(input);
  const auto second = fields.Parse(input);
  if (first.ok() != second.ok() || (first.ok() && *first != *second)) std::abort();
}

// A message of 88 bytes, of a socket that listens and whose port, 0x0A0A, has line breaks.
constexpr std::array<char, 88> kSocketMessage = {88, 0, 0, 0, 18, 0, 2,  0, 0, 0,    0,
                                                 0,  0, 0, 0, 0,  2, 10, 0, 0, '\n', '\n'};
constexpr std::string_view kInetDiag(kSocketMessage.data(), kSocketMessage.size());

}  // namespace

std::vector<FuzzTarget> NetworkTargets() {
  return {
      {"arp_line", Run<ParseArpLine>, {"10.20.0.1  0x1  0x2  52:54:00:00:00:01  *  eth0\n"}},
      {"conntrack", Run<ParseConntrack>, {"web-1/proc/net/stat/nf_conntrack"}},
      {"inet_diag", RunInetDiag, {kInetDiag}},
      {"infiniband_rate", Run<ParseInfinibandRate>, {"40 Gb/sec (4X QDR)\n"}},
      {"infiniband_state", Run<ParseInfinibandState>, {"4: ACTIVE\n"}},
      {"ipvs", Run<ParseIpvs>, {"web-1/proc/net/ip_vs"}},
      {"ipvs_stats", Run<ParseIpvsStats>, {"web-1/proc/net/ip_vs_stats"}},
      {"net_attribute", Run<ParseNetAttribute>, {"0x1003\n", "-1\n"}},
      {"net_dev", Run<ParseNetDev>, {"web-1/proc/net/dev"}},
      {"netstat",
       RunNetstat<NetstatFields::Shape::kPairs>,
       {"web-1/proc/net/netstat", "web-1/proc/net/snmp"}},
      {"snmp6", RunNetstat<NetstatFields::Shape::kOneOnALine>, {"web-1/proc/net/snmp6"}},
      {"socket_line",
       Run<ParseSocketLine>,
       {"1: 0A00140A:01BB 0B00140A:9C40 0A 0000000F:00000003 00:00000000 00000000 0 0 30000 "
        "1\n"}},
      {"sockstat", Run<ParseSockstat>, {"web-1/proc/net/sockstat", "web-1/proc/net/sockstat6"}},
      {"softnet", Run<ParseSoftnet>, {"web-1/proc/net/softnet_stat"}},
  };
}

}  // namespace syspulse
