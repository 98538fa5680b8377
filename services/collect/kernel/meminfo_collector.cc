#include "services/collect/kernel/meminfo_collector.h"

#include <limits>
#include <string>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr std::uint64_t kKibibyte = 1024;

// Returns the name with "Active(anon)" as "Active_anon", and without what a metric name cannot
// hold.
DynamicFamilies::Text MakeFamily(const MemoryField& field) {
  std::string name;
  for (const char c : field.name) {
    if (c == ')') continue;
    const bool fits =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    name += fits ? c : '_';
  }
  if (field.is_bytes) name += "_bytes";
  return {.name = absl::StrFormat("node_memory_%s", name),
          .type = MetricType::kGauge,
          .unit = field.is_bytes ? "bytes" : "",
          .help = absl::StrFormat("Memory information field %s.", name)};
}

}  // namespace

absl::StatusOr<std::vector<MemoryField>> ParseMeminfo(std::string_view meminfo) {
  RETURN_IF_ERROR(CheckWholeLines(meminfo, "/proc/meminfo"));
  std::vector<MemoryField> fields;
  while (!meminfo.empty()) {
    const std::string_view whole = TakeUntil(&meminfo, '\n');
    std::string_view line = whole;
    const std::string_view name = TakeUntil(&line, ':');
    const auto number = ParseNumber<std::uint64_t>(TakeField(&line));
    const std::string_view unit = TakeField(&line);
    const bool is_bytes = unit == "kB";
    if (name.empty() || !number || (!is_bytes && !unit.empty()) || !TakeField(&line).empty() ||
        (is_bytes && *number > std::numeric_limits<std::uint64_t>::max() / kKibibyte)) {
      return BadLine("/proc/meminfo", whole);
    }
    fields.push_back(MemoryField{
        .name = name, .value = is_bytes ? *number * kKibibyte : *number, .is_bytes = is_bytes});
  }
  return fields;
}

absl::Status MeminfoCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string_view text, meminfo_.Read());
  ASSIGN_OR_RETURN(const std::vector<MemoryField> fields, ParseMeminfo(text));
  for (const MemoryField& field : fields) {
    const Family& family = families_.Get(field.name, [&] { return MakeFamily(field); });
    writer->Add(family, static_cast<double>(field.value));
  }
  return absl::OkStatus();
}

}  // namespace syspulse
