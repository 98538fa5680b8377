#include "services/collect/storage/fibrechannel_collector.h"

#include <array>
#include <limits>
#include <string>
#include <vector>

#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {
namespace {

constexpr std::string_view kHex = "0x";

constexpr Family kInfo{
    "node_fibrechannel_info",
    MetricType::kGauge,
    "",
    "Non-numeric data from /sys/class/fc_host/<host>, value is always 1.",
    {"fc_host", "speed", "port_state", "port_type", "port_id", "port_name", "fabric_name",
     "symbolic_name", "supported_classes", "supported_speeds", "dev_loss_tmo"}};

struct Counter {
  std::string_view file;  // in the directory statistics
  Family family;
};

constexpr Counter Make(std::string_view file, std::string_view name, std::string_view help,
                       std::string_view unit = "") {
  return {file, {name, MetricType::kCounter, unit, help, {"fc_host"}}};
}

constexpr std::array kCounters = {
    Make("dumped_frames", "node_fibrechannel_dumped_frames_total", "Number of dumped frames"),
    Make("error_frames", "node_fibrechannel_error_frames_total", "Number of errors in frames"),
    Make("invalid_crc_count", "node_fibrechannel_invalid_crc_total",
         "Invalid Cyclic Redundancy Check count"),
    Make("rx_frames", "node_fibrechannel_rx_frames_total", "Number of frames received"),
    Make("rx_words", "node_fibrechannel_rx_words_total", "Number of words received by host port"),
    Make("tx_frames", "node_fibrechannel_tx_frames_total",
         "Number of frames transmitted by host port"),
    Make("tx_words", "node_fibrechannel_tx_words_total",
         "Number of words transmitted by host port"),
    Make("seconds_since_last_reset", "node_fibrechannel_seconds_since_last_reset_total",
         "Number of seconds since last host port reset", "seconds"),
    Make("invalid_tx_word_count", "node_fibrechannel_invalid_tx_words_total",
         "Number of invalid words transmitted by host port"),
    Make("link_failure_count", "node_fibrechannel_link_failure_total",
         "Number of times the host port link has failed"),
    Make("loss_of_sync_count", "node_fibrechannel_loss_of_sync_total",
         "Number of failures on either bit or transmission word boundaries"),
    Make("loss_of_signal_count", "node_fibrechannel_loss_of_signal_total",
         "Number of times signal has been lost"),
    Make("nos_count", "node_fibrechannel_nos_total",
         "Number Not_Operational Primitive Sequence received by host port"),
    Make("fcp_packet_aborts", "node_fibrechannel_fcp_packet_aborts_total",
         "Number of aborted packets"),
};

void AddHost(const SysDirectory& host, std::string_view name, MetricWriter* writer) {
  const auto text = [&](std::string_view attribute) { return host.Text(attribute).value_or(""); };
  // Identifiers are numbers in hexadecimal.
  const auto identifier = [&](std::string_view attribute) {
    std::string number = text(attribute);
    if (number.size() > kHex.size()) number.erase(0, kHex.size());
    return number;
  };
  writer->Add(kInfo, 1, name, text("speed"), text("port_state"), text("port_type"),
              identifier("port_id"), identifier("port_name"), identifier("fabric_name"),
              text("symbolic_name"), text("supported_classes"), text("supported_speeds"),
              text("dev_loss_tmo"));
  const SysDirectory statistics = host.Below("statistics");
  for (const Counter& counter : kCounters) {
    const auto value = ParseFibreChannelCounter(statistics.Text(counter.file).value_or(""));
    if (value) writer->Add(counter.family, static_cast<double>(*value), name);
  }
}

}  // namespace

std::optional<std::uint64_t> ParseFibreChannelCounter(std::string_view text) {
  const auto value = text.starts_with(kHex) ? ParseHex<std::uint64_t>(text.substr(kHex.size()))
                                            : ParseNumber<std::uint64_t>(text);
  if (value == std::numeric_limits<std::uint64_t>::max()) return std::nullopt;
  return value;
}

absl::Status FibreChannelCollector::Collect(MetricWriter* writer) {
  const SysDirectory hosts(procfs_, "class/fc_host");
  ASSIGN_OR_RETURN(const std::vector<std::string> names, hosts.List());
  for (const std::string& name : names) AddHost(hosts.Below(name), name, writer);
  return absl::OkStatus();
}

}  // namespace syspulse
