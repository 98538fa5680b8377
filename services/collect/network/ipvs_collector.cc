#include "services/collect/network/ipvs_collector.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr std::string_view kStats = "/proc/net/ip_vs_stats";
constexpr std::string_view kTable = "/proc/net/ip_vs";
constexpr std::size_t kPortDigits = 4;
constexpr std::size_t kIpv4Digits = 8;

constexpr Family Counter(std::string_view name, std::string_view unit, std::string_view help) {
  return {name, MetricType::kCounter, unit, help};
}

// In the order of IpvsTotals.
constexpr std::array<Family, 5> kTotals = {
    Counter("node_ipvs_connections_total", "", "The total number of connections made."),
    Counter("node_ipvs_incoming_packets_total", "", "The total number of incoming packets."),
    Counter("node_ipvs_outgoing_packets_total", "", "The total number of outgoing packets."),
    Counter("node_ipvs_incoming_bytes_total", "bytes", "The total amount of incoming data."),
    Counter("node_ipvs_outgoing_bytes_total", "bytes", "The total amount of outgoing data."),
};

Family Backend(const std::vector<std::size_t>& labels, std::string_view name,
               std::string_view help) {
  Family family{name, MetricType::kGauge, "", help};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    family.label_names[i] = kIpvsBackendLabels[labels[i]];
  }
  return family;
}

struct Endpoint {
  std::string address;
  std::string port;
};

// Returns the address as people write it. `text` is 8 hexadecimal digits, or a full IPv6 address
// in brackets.
std::optional<std::string> ParseAddress(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> written{};
  if (text.size() == kIpv4Digits) {
    const auto number = ParseHex<std::uint32_t>(text);
    if (!number) return std::nullopt;
    const in_addr four{.s_addr = htonl(*number)};
    inet_ntop(AF_INET, &four, written.data(), written.size());
    return std::string(written.data());
  }
  if (!text.starts_with('[') || !text.ends_with(']')) return std::nullopt;
  const std::string digits(text.substr(1, text.size() - 2));
  in6_addr six{};
  if (inet_pton(AF_INET6, digits.c_str(), &six) != 1) return std::nullopt;
  inet_ntop(AF_INET6, &six, written.data(), written.size());
  return std::string(written.data());
}

std::optional<Endpoint> ParseEndpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos || text.size() - colon - 1 != kPortDigits) return std::nullopt;
  std::optional<std::string> address = ParseAddress(text.substr(0, colon));
  const auto port = ParseHex<std::uint16_t>(text.substr(colon + 1));
  if (!address || !port) return std::nullopt;
  return Endpoint{.address = *std::move(address), .port = absl::StrFormat("%d", *port)};
}

// Reads the line of a virtual service into what its servers have in common.
bool ParseService(std::string_view protocol, std::string_view line, IpvsBackend* service) {
  *service = IpvsBackend{.local_port = "0", .protocol = std::string(protocol)};
  const std::string_view where = TakeField(&line);
  if (protocol == "FWM") {
    service->local_mark = where;
    return !where.empty();
  }
  std::optional<Endpoint> local = ParseEndpoint(where);
  if (!local) return false;
  service->local_address = std::move(local->address);
  service->local_port = std::move(local->port);
  return true;
}

std::optional<IpvsBackend> ParseServer(const IpvsBackend& service, std::string_view line) {
  std::optional<Endpoint> remote = ParseEndpoint(TakeField(&line));
  const std::string_view method = TakeField(&line);
  const auto weight = ParseNumber<std::uint64_t>(TakeField(&line));
  const auto active = ParseNumber<std::uint64_t>(TakeField(&line));
  const auto inactive = ParseNumber<std::uint64_t>(TakeField(&line));
  if (!remote || method.empty() || !weight || !active || !inactive) return std::nullopt;
  IpvsBackend backend = service;
  backend.remote_address = std::move(remote->address);
  backend.remote_port = std::move(remote->port);
  backend.weight = *weight;
  backend.active = *active;
  backend.inactive = *inactive;
  return backend;
}

}  // namespace

absl::StatusOr<IpvsTotals> ParseIpvsStats(std::string_view stats) {
  RETURN_IF_ERROR(CheckWholeLines(stats, kStats));
  for (const std::string_view head : {"Total", "Conns"}) {
    const std::string_view line = TakeUntil(&stats, '\n');
    if (!Trim(line).starts_with(head)) return BadLine(kStats, line);
  }
  const std::string_view whole = TakeUntil(&stats, '\n');
  std::string_view line = whole;
  IpvsTotals totals{};
  for (std::uint64_t& total : totals) {
    const auto number = ParseHex<std::uint64_t>(TakeField(&line));
    if (!number) return BadLine(kStats, whole);
    total = *number;
  }
  if (!TakeField(&line).empty()) return BadLine(kStats, whole);
  return totals;
}

absl::StatusOr<std::vector<IpvsBackend>> ParseIpvs(std::string_view ipvs) {
  RETURN_IF_ERROR(CheckWholeLines(ipvs, kTable));
  std::vector<IpvsBackend> backends;
  IpvsBackend service;
  bool known = false;  // whether there was a service
  while (!ipvs.empty()) {
    const std::string_view whole = TakeUntil(&ipvs, '\n');
    std::string_view line = whole;
    const std::string_view first = TakeField(&line);
    if (first == "TCP" || first == "UDP" || first == "SCTP" || first == "FWM") {
      if (!ParseService(first, line, &service)) return BadLine(kTable, whole);
      known = true;
    } else if (first == "->") {
      if (Trim(line).starts_with("RemoteAddress:Port")) continue;
      std::optional<IpvsBackend> backend = ParseServer(service, line);
      if (!backend || !known) return BadLine(kTable, whole);
      backends.push_back(*std::move(backend));
    } else if (first != "IP" && first != "Prot") {
      return BadLine(kTable, whole);
    }
  }
  return backends;
}

IpvsCollector::IpvsCollector(const ProcFs& procfs, std::span<const std::string_view> labels)
    : stats_(procfs.Proc("net/ip_vs_stats")), table_(procfs.Proc("net/ip_vs")) {
  for (std::size_t i = 0; i < kIpvsBackendLabels.size(); ++i) {
    if (std::ranges::find(labels, kIpvsBackendLabels[i]) != labels.end()) labels_.push_back(i);
  }
  active_ = Backend(labels_, "node_ipvs_backend_connections_active",
                    "The current active connections by local and remote address.");
  inactive_ = Backend(labels_, "node_ipvs_backend_connections_inactive",
                      "The current inactive connections by local and remote address.");
  weight_ = Backend(labels_, "node_ipvs_backend_weight",
                    "The current backend weight by local and remote address.");
}

void IpvsCollector::AddBackends(const std::vector<IpvsBackend>& backends,
                                MetricWriter* writer) const {
  struct Sums {
    double active = 0;
    double inactive = 0;
    double weight = 0;
  };
  std::map<std::vector<std::string_view>, Sums> sums;  // by label values
  for (const IpvsBackend& backend : backends) {
    const std::array<std::string_view, kIpvsBackendLabels.size()> all = {
        backend.local_address, backend.local_port, backend.remote_address,
        backend.remote_port,   backend.protocol,   backend.local_mark};
    std::vector<std::string_view> values;
    for (const std::size_t label : labels_) values.push_back(all[label]);
    Sums& sum = sums[values];
    sum.active += static_cast<double>(backend.active);
    sum.inactive += static_cast<double>(backend.inactive);
    sum.weight += static_cast<double>(backend.weight);
  }
  for (const auto& [values, sum] : sums) {
    writer->AddSeries(active_, sum.active, values);
    writer->AddSeries(inactive_, sum.inactive, values);
    writer->AddSeries(weight_, sum.weight, values);
  }
}

absl::Status IpvsCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string_view stats, stats_.Read());
  ASSIGN_OR_RETURN(const IpvsTotals totals, ParseIpvsStats(stats));
  ASSIGN_OR_RETURN(const std::string_view table, table_.Read());
  ASSIGN_OR_RETURN(const std::vector<IpvsBackend> backends, ParseIpvs(table));
  for (std::size_t i = 0; i < totals.size(); ++i) {
    writer->Add(kTotals[i], static_cast<double>(totals[i]));
  }
  AddBackends(backends, writer);
  return absl::OkStatus();
}

}  // namespace syspulse
