#include "services/collect/kernel/vmstat_collector.h"

#include <algorithm>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr std::size_t kUsualFields = 256;

bool IsName(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

DynamicFamilies::Text MakeFamily(std::string_view name) {
  return {.name = absl::StrFormat("node_vmstat_%s", name),
          .type = MetricType::kUntyped,
          .help = absl::StrFormat("/proc/vmstat information field %s.", name)};
}

}  // namespace

absl::StatusOr<std::vector<VmstatField>> ParseVmstat(std::string_view vmstat) {
  RETURN_IF_ERROR(CheckWholeLines(vmstat, "/proc/vmstat"));
  std::vector<VmstatField> fields;
  fields.reserve(kUsualFields);
  while (!vmstat.empty()) {
    const std::string_view whole = TakeUntil(&vmstat, '\n');
    std::string_view line = whole;
    const std::string_view name = TakeUntil(&line, ' ');
    const auto number = ParseNumber<std::uint64_t>(line);
    if (!number || !IsName(name)) return BadLine("/proc/vmstat", whole);
    fields.push_back(VmstatField{.name = name, .value = *number});
  }
  return fields;
}

// The filter is asked when a field is first seen at its place, which is once.
const Family* VmstatCollector::FamilyAt(std::size_t position, std::string_view name) {
  if (position >= choices_.size()) choices_.resize(position + 1);
  Choice& choice = choices_[position];
  if (choice.name == name) return choice.family;
  choice = {.name = std::string(name)};
  if (names_.Takes(name)) choice.family = &families_.Get(name, [&] { return MakeFamily(name); });
  return choice.family;
}

absl::Status VmstatCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string_view text, vmstat_.Read());
  ASSIGN_OR_RETURN(const std::vector<VmstatField> fields, ParseVmstat(text));
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Family* const family = FamilyAt(i, fields[i].name);
    if (family != nullptr) writer->Add(*family, static_cast<double>(fields[i].value));
  }
  return absl::OkStatus();
}

}  // namespace syspulse
