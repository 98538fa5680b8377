#include "services/collect/kernel/meminfo_numa_collector.h"

#include <limits>
#include <optional>
#include <utility>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {
namespace {

constexpr std::uint64_t kKibibyte = 1024;
constexpr std::string_view kNodes = "devices/system/node";

bool IsMetricName(std::string_view name) {
  return !name.empty() && name.find_first_not_of(
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                              "abcdefghijklmnopqrstuvwxyz0123456789_") == name.npos;
}

// "Active(anon)" is Active_anon. Unlike /proc/meminfo's, these names do not say bytes.
DynamicFamilies::Text MakeFamily(std::string_view field, bool is_bytes) {
  std::string name;
  for (const char c : field) {
    if (c == ')') continue;
    name += c == '(' ? '_' : c;
  }
  return {.name = absl::StrFormat("node_memory_numa_%s", name),
          .type = MetricType::kGauge,
          .unit = is_bytes ? "bytes" : "",
          .help = absl::StrFormat("Memory information field %s.", name),
          .label_names = {"node"}};
}

DynamicFamilies::Text MakeCounter(std::string_view name) {
  return {.name = absl::StrFormat("node_memory_numa_%s_total", name),
          .type = MetricType::kCounter,
          .help = absl::StrFormat("Memory information field %s_total.", name),
          .label_names = {"node"}};
}

std::optional<MemoryField> ParseLine(std::string_view line) {
  if (TakeField(&line) != "Node" || !ParseNumber<std::uint32_t>(TakeField(&line))) {
    return std::nullopt;
  }
  std::string_view name = TakeField(&line);
  const auto number = ParseNumber<std::uint64_t>(TakeField(&line));
  const std::string_view unit = TakeField(&line);
  const bool is_bytes = unit == "kB";
  if (!name.ends_with(':') || !number || (!is_bytes && !unit.empty()) ||
      !TakeField(&line).empty() ||
      (is_bytes && *number > std::numeric_limits<std::uint64_t>::max() / kKibibyte)) {
    return std::nullopt;
  }
  name.remove_suffix(1);
  std::string plain(name);
  std::erase_if(plain, [](char c) { return c == '(' || c == ')'; });
  if (!IsMetricName(plain)) return std::nullopt;
  return MemoryField{
      .name = name, .value = is_bytes ? *number * kKibibyte : *number, .is_bytes = is_bytes};
}

}  // namespace

absl::StatusOr<std::vector<MemoryField>> ParseNodeMeminfo(std::string_view meminfo) {
  RETURN_IF_ERROR(CheckWholeLines(meminfo, "meminfo of a NUMA node"));
  std::vector<MemoryField> fields;
  while (!meminfo.empty()) {
    const std::string_view line = TakeUntil(&meminfo, '\n');
    if (Trim(line).empty()) continue;  // some kernels begin with an empty line
    const std::optional<MemoryField> field = ParseLine(line);
    if (!field) return BadLine("meminfo of a NUMA node", line);
    fields.push_back(*field);
  }
  return fields;
}

absl::StatusOr<std::vector<NumaCounter>> ParseNumastat(std::string_view numastat) {
  RETURN_IF_ERROR(CheckWholeLines(numastat, "numastat"));
  std::vector<NumaCounter> counters;
  while (!numastat.empty()) {
    const std::string_view whole = TakeUntil(&numastat, '\n');
    std::string_view line = whole;
    const std::string_view name = TakeField(&line);
    const auto pages = ParseNumber<std::uint64_t>(TakeField(&line));
    if (!IsMetricName(name) || !pages || !TakeField(&line).empty()) {
      return BadLine("numastat", whole);
    }
    counters.push_back({.name = name, .pages = *pages});
  }
  return counters;
}

absl::StatusOr<std::vector<MeminfoNumaCollector::Node>> MeminfoNumaCollector::ReadNodes() const {
  const SysDirectory nodes(procfs_, std::string(kNodes));
  ASSIGN_OR_RETURN(const std::vector<std::string> names, nodes.List());
  std::vector<Node> read;
  for (const std::string& name : names) {
    const std::string_view number = std::string_view(name).substr(name.starts_with("node") ? 4 : 0);
    if (number.size() == name.size() || !ParseNumber<std::uint32_t>(number)) continue;
    Node node{.number = std::string(number)};
    ASSIGN_OR_RETURN(node.meminfo, procfs_->ReadSys(nodes.Below(name).path() + "/meminfo"));
    ASSIGN_OR_RETURN(node.numastat, procfs_->ReadSys(nodes.Below(name).path() + "/numastat"));
    read.push_back(std::move(node));
  }
  return read;
}

absl::Status MeminfoNumaCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::vector<Node> nodes, ReadNodes());
  if (nodes.empty()) return absl::NotFoundError("this host has no NUMA nodes");
  struct Values {
    std::vector<MemoryField> fields;
    std::vector<NumaCounter> counters;
  };
  std::vector<Values> values;
  for (const Node& node : nodes) {
    Values parsed;
    ASSIGN_OR_RETURN(parsed.fields, ParseNodeMeminfo(node.meminfo));
    ASSIGN_OR_RETURN(parsed.counters, ParseNumastat(node.numastat));
    values.push_back(std::move(parsed));
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const MemoryField& field : values[i].fields) {
      const Family& family =
          families_.Get(field.name, [&] { return MakeFamily(field.name, field.is_bytes); });
      writer->Add(family, static_cast<double>(field.value), nodes[i].number);
    }
    for (const NumaCounter& counter : values[i].counters) {
      const Family& family = families_.Get(counter.name, [&] { return MakeCounter(counter.name); });
      writer->Add(family, static_cast<double>(counter.pages), nodes[i].number);
    }
  }
  return absl::OkStatus();
}

}  // namespace syspulse
