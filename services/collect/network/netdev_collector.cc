#include "services/collect/network/netdev_collector.h"

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr Family Counter(std::string_view name, std::string_view unit, std::string_view help) {
  return {name, MetricType::kCounter, unit, help, {"device"}};
}

// In the order of the file.
constexpr std::array<Family, kNetDevFields> kFamilies = {{
    Counter("node_network_receive_bytes_total", "bytes", "Network device statistic receive_bytes."),
    Counter("node_network_receive_packets_total", "", "Network device statistic receive_packets."),
    Counter("node_network_receive_errs_total", "", "Network device statistic receive_errs."),
    Counter("node_network_receive_drop_total", "", "Network device statistic receive_drop."),
    Counter("node_network_receive_fifo_total", "", "Network device statistic receive_fifo."),
    Counter("node_network_receive_frame_total", "", "Network device statistic receive_frame."),
    Counter("node_network_receive_compressed_total", "",
            "Network device statistic receive_compressed."),
    Counter("node_network_receive_multicast_total", "",
            "Network device statistic receive_multicast."),
    Counter("node_network_transmit_bytes_total", "bytes",
            "Network device statistic transmit_bytes."),
    Counter("node_network_transmit_packets_total", "",
            "Network device statistic transmit_packets."),
    Counter("node_network_transmit_errs_total", "", "Network device statistic transmit_errs."),
    Counter("node_network_transmit_drop_total", "", "Network device statistic transmit_drop."),
    Counter("node_network_transmit_fifo_total", "", "Network device statistic transmit_fifo."),
    Counter("node_network_transmit_colls_total", "", "Network device statistic transmit_colls."),
    Counter("node_network_transmit_carrier_total", "",
            "Network device statistic transmit_carrier."),
    Counter("node_network_transmit_compressed_total", "",
            "Network device statistic transmit_compressed."),
}};
constexpr Family kReceiveNoHandler = Counter("node_network_receive_nohandler_total", "",
                                             "Network device statistic receive_nohandler.");
constexpr int kHeaderLines = 2;

}  // namespace

absl::StatusOr<std::vector<NetDevStats>> ParseNetDev(std::string_view net_dev) {
  RETURN_IF_ERROR(CheckWholeLines(net_dev, "/proc/net/dev"));
  std::vector<NetDevStats> devices;
  for (int line_number = 0; !net_dev.empty(); ++line_number) {
    const std::string_view whole = TakeUntil(&net_dev, '\n');
    if (line_number < kHeaderLines) {
      if (whole.find('|') == whole.npos) return BadLine("/proc/net/dev", whole);
      continue;
    }
    // The name may hold a colon itself (eth0:1); numbers do not.
    const std::size_t colon = whole.rfind(':');
    if (colon == whole.npos) return BadLine("/proc/net/dev", whole);
    NetDevStats stats{.device = Trim(whole.substr(0, colon))};
    std::string_view line = whole.substr(colon + 1);
    for (std::uint64_t& value : stats.values) {
      const auto number = ParseNumber<std::uint64_t>(TakeField(&line));
      if (!number) return BadLine("/proc/net/dev", whole);
      value = *number;
    }
    if (stats.device.empty() || !TakeField(&line).empty()) return BadLine("/proc/net/dev", whole);
    devices.push_back(stats);
  }
  return devices;
}

NetdevCollector::Device* NetdevCollector::Find(std::string_view name) {
  auto found = devices_.find(name);
  if (found == devices_.end()) {
    found = devices_.emplace(std::string(name), Device{.taken = filter_.Takes(name)}).first;
  }
  return &found->second;
}

// Kernels before 4.6 do not count it, and an interface may go at any moment.
void NetdevCollector::ReadUnhandled(std::string_view name, bool keep_open, Device* device) const {
  if (!device->file) {
    device->file.emplace(
        procfs_->Sys(absl::StrFormat("class/net/%s/statistics/rx_nohandler", name)));
  }
  device->unhandled.reset();
  const auto text = device->file->Read();
  if (text.ok() && text->ends_with('\n')) {
    if (const auto number = ParseNumber<std::uint64_t>(Trim(*text))) {
      device->unhandled = static_cast<double>(*number);
    }
  }
  if (!keep_open) device->file.reset();
}

absl::Status NetdevCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string_view text, net_dev_.Read());
  ASSIGN_OR_RETURN(const std::vector<NetDevStats> interfaces, ParseNetDev(text));
  ++tick_;
  const bool few = interfaces.size() <= kMostOpenFiles;
  const std::size_t turns = (interfaces.size() + kMostOpenFiles - 1) / kMostOpenFiles;
  for (std::size_t i = 0; i < interfaces.size(); ++i) {
    const NetDevStats& stats = interfaces[i];
    Device* const device = Find(stats.device);
    const bool is_new = device->tick == 0;
    device->tick = tick_;
    if (!device->taken) continue;
    for (std::size_t field = 0; field < kNetDevFields; ++field) {
      writer->Add(kFamilies[field], static_cast<double>(stats.values[field]), stats.device);
    }
    if (few || is_new || i % turns == tick_ % turns) ReadUnhandled(stats.device, few, device);
    if (device->unhandled) writer->Add(kReceiveNoHandler, *device->unhandled, stats.device);
  }
  std::erase_if(devices_, [&](const auto& entry) { return entry.second.tick != tick_; });
  return absl::OkStatus();
}

}  // namespace syspulse
