#include "services/collect/network/arp_collector.h"

#include <cstdint>
#include <map>
#include <string>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr std::string_view kHex = "0x";
constexpr unsigned kPublished = 0x08;  // ATF_PUBL, linux/if_arp.h

constexpr Family kEntries{
    "node_arp_entries", MetricType::kGauge, "", "ARP entries by device", {"device"}};

}  // namespace

std::optional<ArpEntry> ParseArpLine(std::string_view line) {
  const std::string_view address = TakeField(&line);
  const std::string_view type = TakeField(&line);
  std::string_view flags = TakeField(&line);
  if (address.empty() || !type.starts_with(kHex) || !flags.starts_with(kHex)) return std::nullopt;
  flags.remove_prefix(kHex.size());
  const auto bits = ParseHex<unsigned>(flags);
  if (!bits) return std::nullopt;
  // A tunnel has no hardware address, so the column can be blank; then the mask is next.
  std::string_view mask = TakeField(&line);
  std::string_view device = TakeField(&line);
  if (const std::string_view next = TakeField(&line); !next.empty()) {
    mask = device;
    device = next;
  }
  if (mask != "*" || device.empty() || !TakeField(&line).empty()) return std::nullopt;
  return ArpEntry{.device = device, .is_proxy = (*bits & kPublished) != 0};
}

absl::Status ArpCollector::Collect(MetricWriter* writer) {
  std::map<std::string, double, std::less<>> entries;
  bool has_heads = false;
  RETURN_IF_ERROR(arp_.ReadLines([&](std::string_view line) {
    if (!has_heads) {
      has_heads = true;
      return line.starts_with("IP address") ? absl::OkStatus() : BadLine(arp_.path(), line);
    }
    const std::optional<ArpEntry> entry = ParseArpLine(line);
    if (!entry) return BadLine(arp_.path(), line);
    if (entry->is_proxy) return absl::OkStatus();
    const auto found = entries.find(entry->device);
    if (found != entries.end()) {
      ++found->second;
    } else {
      entries.emplace(entry->device, 1);
    }
    return absl::OkStatus();
  }));
  if (!has_heads) return CheckWholeLines("", arp_.path());
  for (const auto& [device, count] : entries) {
    if (devices_.Takes(device)) writer->Add(kEntries, count, device);
  }
  return absl::OkStatus();
}

}  // namespace syspulse
