#include "services/collect/kernel/vmstat_collector.h"

#include <algorithm>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

bool IsName(std::string_view name) {
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

DynamicFamilies::Text MakeFamily(std::string_view name) {
  return {.name = absl::StrFormat("node_vmstat_%s", name),
          .type = MetricType::kUntyped,
          .help = absl::StrFormat("/proc/vmstat information field %s.", name)};
}

}  // namespace

bool IsPublishedVmstat(std::string_view name) {
  return name.starts_with("oom_kill") || name.starts_with("pgpg") || name.starts_with("pswp") ||
         (name.starts_with("pg") && name.find("fault", 2) != name.npos);
}

absl::StatusOr<std::vector<VmstatField>> ParseVmstat(std::string_view vmstat) {
  RETURN_IF_ERROR(CheckWholeLines(vmstat, "/proc/vmstat"));
  std::vector<VmstatField> fields;
  while (!vmstat.empty()) {
    const std::string_view whole = TakeUntil(&vmstat, '\n');
    std::string_view line = whole;
    const std::string_view name = TakeUntil(&line, ' ');
    if (!IsPublishedVmstat(name)) continue;
    const auto number = ParseNumber<std::uint64_t>(line);
    if (!number || !IsName(name)) return BadLine("/proc/vmstat", whole);
    fields.push_back(VmstatField{.name = name, .value = *number});
  }
  return fields;
}

absl::Status VmstatCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string_view text, vmstat_.Read());
  ASSIGN_OR_RETURN(const std::vector<VmstatField> fields, ParseVmstat(text));
  for (const VmstatField& field : fields) {
    const Family& family = families_.Get(field.name, [&] { return MakeFamily(field.name); });
    writer->Add(family, static_cast<double>(field.value));
  }
  return absl::OkStatus();
}

}  // namespace syspulse
