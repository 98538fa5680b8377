#include "services/collect/network/netclass_collector.h"

#include <array>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr std::string_view kClass = "class/net";
constexpr std::string_view kBondNames = "bonding_masters";  // the only file beside the interfaces
constexpr double kBytesPerMegabit = 1e6 / 8;
constexpr std::int64_t kInterfaceUp = 1;  // IFF_UP, netdevice(7)

constexpr Family kUp{"node_network_up",
                     MetricType::kGauge,
                     "",
                     "Value is 1 if operstate is 'up', 0 otherwise.",
                     {"device", "operstate"}};
constexpr Family kInfo{
    "node_network_info",
    MetricType::kGauge,
    "",
    "Non-numeric data from /sys/class/net/<iface>, value is always 1.",
    {"device", "address", "broadcast", "duplex", "operstate", "adminstate", "ifalias"}};

struct Attribute {
  std::string_view file;
  Family family;
};

constexpr Attribute Gauge(std::string_view file, std::string_view name, std::string_view help,
                          std::string_view unit = "") {
  return {file, {name, MetricType::kGauge, unit, help, {"device"}}};
}

constexpr Attribute Counter(std::string_view file, std::string_view name, std::string_view help) {
  return {file, {name, MetricType::kCounter, "", help, {"device"}}};
}

constexpr std::array kAttributes = {
    Gauge("addr_assign_type", "node_network_address_assign_type",
          "Network device property: address_assign_type"),
    Gauge("carrier", "node_network_carrier", "Network device property: carrier"),
    Counter("carrier_changes", "node_network_carrier_changes_total",
            "Network device property: carrier_changes_total"),
    Counter("carrier_up_count", "node_network_carrier_up_changes_total",
            "Network device property: carrier_up_changes_total"),
    Counter("carrier_down_count", "node_network_carrier_down_changes_total",
            "Network device property: carrier_down_changes_total"),
    Gauge("dev_id", "node_network_device_id", "Network device property: device_id"),
    Gauge("dormant", "node_network_dormant", "Network device property: dormant"),
    Gauge("flags", "node_network_flags", "Network device property: flags"),
    Gauge("ifindex", "node_network_iface_id", "Network device property: iface_id"),
    Gauge("iflink", "node_network_iface_link", "Network device property: iface_link"),
    Gauge("link_mode", "node_network_iface_link_mode", "Network device property: iface_link_mode"),
    Gauge("mtu", "node_network_mtu_bytes", "Network device property: mtu_bytes", "bytes"),
    Gauge("name_assign_type", "node_network_name_assign_type",
          "Network device property: name_assign_type"),
    Gauge("netdev_group", "node_network_net_dev_group", "Network device property: net_dev_group"),
    Gauge("speed", "node_network_speed_bytes", "Network device property: speed_bytes", "bytes"),
    Gauge("tx_queue_len", "node_network_transmit_queue_length",
          "Network device property: transmit_queue_length"),
    Gauge("type", "node_network_protocol_type", "Network device property: protocol_type"),
};

constexpr std::size_t PlaceOf(std::string_view file) {
  std::size_t place = 0;
  while (kAttributes[place].file != file) ++place;
  return place;
}
constexpr std::size_t kFlagsAt = PlaceOf("flags");
constexpr std::size_t kIndexAt = PlaceOf("ifindex");
constexpr std::size_t kSpeedAt = PlaceOf("speed");

absl::StatusOr<std::int64_t> ReadNumber(const SysDirectory& directory, std::string_view attribute) {
  ASSIGN_OR_RETURN(const std::string text, directory.Text(attribute));
  const std::optional<std::int64_t> number = ParseNetAttribute(text);
  if (!number) return BadAttribute(directory.Below(attribute).path(), text);
  return *number;
}

// What the administrator wants; what cannot be read is left empty.
std::string_view AdminState(const absl::StatusOr<std::int64_t>& flags) {
  if (flags.ok()) return (*flags & kInterfaceUp) != 0 ? "up" : "down";
  return absl::IsNotFound(flags.status()) ? "unknown" : "";
}

}  // namespace

std::optional<std::int64_t> ParseNetAttribute(std::string_view text) {
  if (!text.starts_with("0x")) return ParseNumber<std::int64_t>(text);
  text.remove_prefix(2);
  return text.starts_with('-') ? std::nullopt : ParseHex<std::int64_t>(text);
}

void NetclassCollector::AddInfo(const SysDirectory& directory, std::string_view device,
                                const Numbers& numbers, MetricWriter* writer) const {
  const auto text = [&](std::string_view attribute) {
    return directory.Text(attribute).value_or("");
  };
  const absl::StatusOr<std::string> state = directory.Text("operstate");
  if (state.ok()) writer->Add(kUp, *state == "up" ? 1 : 0, device, "");
  if (state.ok() && *state == "up") writer->Add(kUp, 1, device, *state);
  writer->Add(kInfo, 1, device, text("address"), text("broadcast"), text("duplex"),
              state.value_or(""), AdminState(numbers[kFlagsAt]), text("ifalias"));
}

void NetclassCollector::AddNumbers(std::string_view device, const Numbers& numbers,
                                   MetricWriter* writer) const {
  for (std::size_t i = 0; i < kAttributes.size(); ++i) {
    if (!numbers[i].ok()) continue;
    const auto value = static_cast<double>(*numbers[i]);
    if (i != kSpeedAt) {
      writer->Add(kAttributes[i].family, value, device);
    } else if (value >= 0 || !ignore_invalid_speed_) {
      writer->Add(kAttributes[i].family, value * kBytesPerMegabit, device);
    }
  }
}

absl::Status NetclassCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::vector<std::string> devices, procfs_->ListSys(kClass));
  for (const std::string& device : devices) {
    if (device == kBondNames || !devices_.Takes(device)) continue;
    const SysDirectory directory(procfs_, absl::StrFormat("%s/%s", kClass, device));
    Numbers numbers;
    numbers.reserve(kAttributes.size());
    for (const Attribute& attribute : kAttributes) {
      numbers.push_back(ReadNumber(directory, attribute.file));
    }
    if (absl::IsNotFound(numbers[kIndexAt].status())) continue;  // it may go at any moment
    AddInfo(directory, device, numbers, writer);
    AddNumbers(device, numbers, writer);
  }
  return absl::OkStatus();
}

}  // namespace syspulse
