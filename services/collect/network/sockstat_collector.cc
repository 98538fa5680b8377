#include "services/collect/network/sockstat_collector.h"

#include <algorithm>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr Family kUsed{"node_sockstat_sockets_used", MetricType::kGauge, "",
                       "Number of IPv4 sockets in use."};

bool IsProtocol(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

DynamicFamilies::Text MakeFamily(std::string_view protocol, std::string_view state) {
  return {.name = absl::StrFormat("node_sockstat_%s_%s", protocol, state),
          .type = MetricType::kGauge,
          .unit = state == "mem_bytes" ? "bytes" : "",
          .help = absl::StrFormat("Number of %s sockets in state %s.", protocol, state)};
}

// Reads a file that a kernel without the protocol does not have.
absl::StatusOr<SocketStats> ReadIfThere(ProcFile* file, std::string_view path) {
  const absl::StatusOr<std::string_view> text = file->Read();
  if (absl::IsNotFound(text.status())) return SocketStats();
  if (!text.ok()) return text.status();
  return ParseSockstat(*text, path);
}

}  // namespace

absl::StatusOr<SocketStats> ParseSockstat(std::string_view text, std::string_view file) {
  RETURN_IF_ERROR(CheckWholeLines(text, file));
  SocketStats stats;
  while (!text.empty()) {
    const std::string_view whole = TakeUntil(&text, '\n');
    std::string_view line = whole;
    ProtocolSockets sockets{.protocol = TakeUntil(&line, ':')};
    if (!IsProtocol(sockets.protocol)) return BadLine(file, whole);
    std::optional<std::int64_t> used;
    bool empty = true;
    for (std::string_view key = TakeField(&line); !key.empty(); key = TakeField(&line)) {
      const auto number = ParseNumber<std::int64_t>(TakeField(&line));
      if (!number) return BadLine(file, whole);
      empty = false;
      if (key == "used") used = number;
      const auto state = std::ranges::find(kSocketStates, key);
      if (state == kSocketStates.end()) continue;
      sockets.states[static_cast<std::size_t>(state - kSocketStates.begin())] = number;
    }
    if (empty) return BadLine(file, whole);
    if (sockets.protocol == "sockets") {
      if (!used) return BadLine(file, whole);
      stats.used = used;
    } else {
      stats.protocols.push_back(sockets);
    }
  }
  return stats;
}

const SockstatCollector::Families& SockstatCollector::FamiliesAt(std::size_t position,
                                                                 std::string_view protocol) {
  if (position >= by_position_.size()) by_position_.resize(position + 1);
  Families& families = by_position_[position];
  if (families.protocol == protocol) return families;
  const auto family = [&](std::string_view state) {
    return &families_.Get(absl::StrFormat("%s_%s", protocol, state),
                          [&] { return MakeFamily(protocol, state); });
  };
  families.protocol = protocol;
  std::ranges::transform(kSocketStates, families.states.begin(), family);
  families.memory_bytes = family("mem_bytes");
  return families;
}

absl::Status SockstatCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(SocketStats stats, ReadIfThere(&sockstat_, "/proc/net/sockstat"));
  ASSIGN_OR_RETURN(const SocketStats six, ReadIfThere(&sockstat6_, "/proc/net/sockstat6"));
  stats.protocols.insert(stats.protocols.end(), six.protocols.begin(), six.protocols.end());
  if (stats.used) writer->Add(kUsed, static_cast<double>(*stats.used));
  for (std::size_t i = 0; i < stats.protocols.size(); ++i) {
    const ProtocolSockets& sockets = stats.protocols[i];
    const Families& families = FamiliesAt(i, sockets.protocol);
    for (std::size_t state = 0; state < kSocketStates.size(); ++state) {
      const auto& count = sockets.states[state];
      if (count) writer->Add(*families.states[state], static_cast<double>(*count));
    }
    if (const auto& pages = sockets.states[kSocketPages]) {
      writer->Add(*families.memory_bytes,
                  static_cast<double>(*pages) * static_cast<double>(page_bytes_));
    }
  }
  return absl::OkStatus();
}

}  // namespace syspulse
