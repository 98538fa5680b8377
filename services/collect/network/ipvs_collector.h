// The kernel's load balancer; source: /proc/net/ip_vs_stats and /proc/net/ip_vs,
// net/netfilter/ipvs/ip_vs_ctl.c of the kernel.
#ifndef SERVICES_COLLECT_NETWORK_IPVS_COLLECTOR_H_
#define SERVICES_COLLECT_NETWORK_IPVS_COLLECTOR_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// What went through since the module was loaded: connections, packets in, packets out, bytes in,
// bytes out.
using IpvsTotals = std::array<std::uint64_t, 5>;

// Reads /proc/net/ip_vs_stats. DataLoss if it is not what it was, or cut.
absl::StatusOr<IpvsTotals> ParseIpvsStats(std::string_view stats);

// A server behind a virtual service.
struct IpvsBackend {
  std::string local_address;  // of the service; empty where a firewall mark selects it
  std::string local_port;     // "0" where a mark selects it
  std::string remote_address;
  std::string remote_port;
  std::string protocol;    // "TCP", "UDP", "SCTP", or "FWM" for a mark
  std::string local_mark;  // as in the file, hexadecimal; empty where there is none
  std::uint64_t weight = 0;
  std::uint64_t active = 0;    // connections
  std::uint64_t inactive = 0;  // connections

  bool operator==(const IpvsBackend&) const = default;
};

// Reads /proc/net/ip_vs. DataLoss if a line is not one, or the text is cut or empty.
absl::StatusOr<std::vector<IpvsBackend>> ParseIpvs(std::string_view ipvs);

// What tells servers apart, in the order of the labels.
inline constexpr std::array<std::string_view, 6> kIpvsBackendLabels = {
    "local_address", "local_port", "remote_address", "remote_port", "proto", "local_mark"};

class IpvsCollector final : public Collector {
 public:
  // Servers that only differ in what is not among `labels` are counted together.
  explicit IpvsCollector(const ProcFs& procfs,
                         std::span<const std::string_view> labels = kIpvsBackendLabels);

  std::string_view name() const override { return "ipvs"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  void AddBackends(const std::vector<IpvsBackend>& backends, MetricWriter* writer) const;

  ProcFile stats_;
  ProcFile table_;
  std::vector<std::size_t> labels_;  // indices into kIpvsBackendLabels, ascending
  Family active_;
  Family inactive_;
  Family weight_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_NETWORK_IPVS_COLLECTOR_H_
