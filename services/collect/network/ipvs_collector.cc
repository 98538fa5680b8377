#include "services/collect/network/ipvs_collector.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstddef>
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

constexpr Family Backend(std::string_view name, std::string_view help) {
  return {name,
          MetricType::kGauge,
          "",
          help,
          {"local_address", "local_port", "remote_address", "remote_port", "proto", "local_mark"}};
}

constexpr Family kActive = Backend("node_ipvs_backend_connections_active",
                                   "The current active connections by local and remote address.");
constexpr Family kInactive =
    Backend("node_ipvs_backend_connections_inactive",
            "The current inactive connections by local and remote address.");
constexpr Family kWeight =
    Backend("node_ipvs_backend_weight", "The current backend weight by local and remote address.");

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

absl::Status IpvsCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string_view stats, stats_.Read());
  ASSIGN_OR_RETURN(const IpvsTotals totals, ParseIpvsStats(stats));
  ASSIGN_OR_RETURN(const std::string_view table, table_.Read());
  ASSIGN_OR_RETURN(const std::vector<IpvsBackend> backends, ParseIpvs(table));
  for (std::size_t i = 0; i < totals.size(); ++i) {
    writer->Add(kTotals[i], static_cast<double>(totals[i]));
  }
  for (const IpvsBackend& backend : backends) {
    const std::array<std::string_view, 6> labels = {backend.local_address,  backend.local_port,
                                                    backend.remote_address, backend.remote_port,
                                                    backend.protocol,       backend.local_mark};
    writer->AddSeries(kActive, static_cast<double>(backend.active), labels);
    writer->AddSeries(kInactive, static_cast<double>(backend.inactive), labels);
    writer->AddSeries(kWeight, static_cast<double>(backend.weight), labels);
  }
  return absl::OkStatus();
}

}  // namespace syspulse
