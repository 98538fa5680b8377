#include "web-gateway/server/agent_metric_names.h"

#include <algorithm>

namespace syspulse {
namespace {

struct KnownPlace {
  std::string_view place;
  std::string_view name;
  v1::MetricType type = v1::METRIC_TYPE_GAUGE;
  std::string_view unit = "bytes";
  std::string_view mountpoint = "";
};

constexpr v1::MetricType kGauge = v1::METRIC_TYPE_GAUGE;
constexpr v1::MetricType kCounter = v1::METRIC_TYPE_COUNTER;

// Psutil's words for what the kernel counts, which small agents pass on as they are:
// https://psutil.readthedocs.io/en/latest/
constexpr KnownPlace kPlaces[] = {
    {"system.memory.total", "node_memory_MemTotal_bytes"},
    {"system.memory.available", "node_memory_MemAvailable_bytes"},
    {"system.memory.free", "node_memory_MemFree_bytes"},
    {"system.memory.buffers", "node_memory_Buffers_bytes"},
    {"system.memory.cached", "node_memory_Cached_bytes"},
    {"system.swap.total", "node_memory_SwapTotal_bytes"},
    {"system.swap.free", "node_memory_SwapFree_bytes"},
    {"system.disk.total", "node_filesystem_size_bytes", kGauge, "bytes", "/"},
    {"system.disk.free", "node_filesystem_avail_bytes", kGauge, "bytes", "/"},
    {"system.load1", "node_load1", kGauge, ""},
    {"system.load5", "node_load5", kGauge, ""},
    {"system.load15", "node_load15", kGauge, ""},
    {"system.boot_time", "node_boot_time_seconds", kGauge, "seconds"},
    {"network.bytes_sent", "node_network_transmit_bytes_total", kCounter, "bytes"},
    {"network.bytes_recv", "node_network_receive_bytes_total", kCounter, "bytes"},
    {"network.packets_sent", "node_network_transmit_packets_total", kCounter, ""},
    {"network.packets_recv", "node_network_receive_packets_total", kCounter, ""},
    {"network.errin", "node_network_receive_errs_total", kCounter, ""},
    {"network.errout", "node_network_transmit_errs_total", kCounter, ""},
    {"network.dropin", "node_network_receive_drop_total", kCounter, ""},
    {"network.dropout", "node_network_transmit_drop_total", kCounter, ""},
};

constexpr std::pair<std::string_view, std::string_view> kLabels[] = {
    {"interface", "device"}, {"device", "device"}, {"mountpoint", "mountpoint"},
    {"fstype", "fstype"},    {"name", "name"},     {"id", "id"}};

std::string CustomName(std::string_view place) {
  std::string name = "custom_" + std::string(place);
  std::ranges::replace_if(
      name,
      [](char c) {
        return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'));
      },
      '_');
  return name;
}

}  // namespace

AgentMetricName NameOfAgentMetric(std::string_view place) {
  const auto* const known = std::ranges::find(kPlaces, place, &KnownPlace::place);
  if (known == std::end(kPlaces)) return {.name = CustomName(place)};
  return {.name = std::string(known->name),
          .type = known->type,
          .unit = known->unit,
          .mountpoint = known->mountpoint,
          .known = true};
}

std::string_view LabelOfAgentText(std::string_view name) {
  for (const auto& [text, label] : kLabels) {
    if (text == name) return label;
  }
  return "";
}

}  // namespace syspulse
