#include "services/collect/network/softnet_collector.h"

#include <array>
#include <cstddef>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr std::string_view kFile = "/proc/net/softnet_stat";
constexpr std::size_t kFewestColumns = 9;
constexpr std::size_t kKnownColumns = 13;

constexpr Family Counter(std::string_view name, std::string_view help) {
  return {name, MetricType::kCounter, "", help, {"cpu"}};
}

constexpr Family kProcessed =
    Counter("node_softnet_processed_total", "Number of processed packets");
constexpr Family kDropped = Counter("node_softnet_dropped_total", "Number of dropped packets");
constexpr Family kSqueezed = Counter("node_softnet_times_squeezed_total",
                                     "Number of times processing packets ran out of quota");
constexpr Family kCollisions =
    Counter("node_softnet_cpu_collision_total",
            "Number of collision occur while obtaining device lock while transmitting");
constexpr Family kRps =
    Counter("node_softnet_received_rps_total", "Number of times cpu woken up received_rps");
constexpr Family kFlowLimits =
    Counter("node_softnet_flow_limit_count_total", "Number of times flow limit has been reached");
constexpr Family kBacklog{
    "node_softnet_backlog_len", MetricType::kGauge, "", "Softnet backlog status", {"cpu"}};

}  // namespace

absl::StatusOr<std::vector<SoftnetStats>> ParseSoftnet(std::string_view softnet) {
  RETURN_IF_ERROR(CheckWholeLines(softnet, kFile));
  std::vector<SoftnetStats> cpus;
  while (!softnet.empty()) {
    const std::string_view whole = TakeUntil(&softnet, '\n');
    std::string_view line = whole;
    std::array<std::uint32_t, kKnownColumns> columns{};
    std::size_t count = 0;
    for (std::string_view field = TakeField(&line); !field.empty(); field = TakeField(&line)) {
      const auto number = ParseHex<std::uint32_t>(field);
      if (!number) return BadLine(kFile, whole);
      if (count < kKnownColumns) columns[count] = *number;
      ++count;
    }
    if (count < kFewestColumns) return BadLine(kFile, whole);
    const bool names_cpu = count >= kKnownColumns;
    cpus.push_back(
        SoftnetStats{.cpu = names_cpu ? columns[12] : static_cast<std::uint32_t>(cpus.size()),
                     .processed = columns[0],
                     .dropped = columns[1],
                     .squeezed = columns[2],
                     .collisions = columns[8],
                     .rps = columns[9],
                     .flow_limits = columns[10],
                     .backlog = names_cpu ? columns[11] : 0});
  }
  return cpus;
}

const std::string& SoftnetCollector::LabelOf(std::size_t position, std::uint32_t cpu) {
  if (position >= labels_.size()) labels_.resize(position + 1);
  Label& label = labels_[position];
  if (label.text.empty() || label.cpu != cpu) {
    label = Label{.cpu = cpu, .text = absl::StrFormat("%d", cpu)};
  }
  return label.text;
}

absl::Status SoftnetCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string_view text, softnet_.Read());
  ASSIGN_OR_RETURN(const std::vector<SoftnetStats> cpus, ParseSoftnet(text));
  for (std::size_t i = 0; i < cpus.size(); ++i) {
    const SoftnetStats& stats = cpus[i];
    const std::string& cpu = LabelOf(i, stats.cpu);
    writer->Add(kProcessed, stats.processed, cpu);
    writer->Add(kDropped, stats.dropped, cpu);
    writer->Add(kSqueezed, stats.squeezed, cpu);
    writer->Add(kCollisions, stats.collisions, cpu);
    writer->Add(kRps, stats.rps, cpu);
    writer->Add(kFlowLimits, stats.flow_limits, cpu);
    writer->Add(kBacklog, stats.backlog, cpu);
  }
  return absl::OkStatus();
}

}  // namespace syspulse
