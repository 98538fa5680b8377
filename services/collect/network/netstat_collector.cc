#include "services/collect/network/netstat_collector.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr std::string_view kSnmp6 = "/proc/net/snmp6";
constexpr std::size_t kUsualFields = 256;

// Counters fill 64 bits; a few fields are signed.
std::optional<double> ParseValue(std::string_view text) {
  if (const auto number = ParseNumber<std::uint64_t>(text)) return static_cast<double>(*number);
  if (const auto number = ParseNumber<std::int64_t>(text)) return static_cast<double>(*number);
  return std::nullopt;
}

bool IsName(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

DynamicFamilies::Text MakeFamily(const NetstatField& field) {
  return {.name = absl::StrFormat("node_netstat_%s_%s", field.protocol, field.name),
          .type = MetricType::kUntyped,
          .help = absl::StrFormat("Statistic %s%s.", field.protocol, field.name)};
}

}  // namespace

absl::StatusOr<std::vector<NetstatField>> ParseNetstat(std::string_view text,
                                                       std::string_view file) {
  RETURN_IF_ERROR(CheckWholeLines(text, file));
  std::vector<NetstatField> fields;
  fields.reserve(kUsualFields);
  while (!text.empty()) {
    std::string_view names = TakeUntil(&text, '\n');
    const std::string_view whole = TakeUntil(&text, '\n');
    std::string_view values = whole;
    const std::string_view protocol = TakeUntil(&names, ':');
    if (!IsName(protocol) || TakeUntil(&values, ':') != protocol) return BadLine(file, whole);
    for (std::string_view name = TakeField(&names); !name.empty(); name = TakeField(&names)) {
      const auto value = ParseValue(TakeField(&values));
      if (!value || !IsName(name)) return BadLine(file, whole);
      fields.push_back(NetstatField{.protocol = protocol, .name = name, .value = *value});
    }
    if (!TakeField(&values).empty()) return BadLine(file, whole);
  }
  return fields;
}

absl::StatusOr<std::vector<NetstatField>> ParseSnmp6(std::string_view text) {
  RETURN_IF_ERROR(CheckWholeLines(text, kSnmp6));
  std::vector<NetstatField> fields;
  fields.reserve(kUsualFields);
  while (!text.empty()) {
    const std::string_view whole = TakeUntil(&text, '\n');
    std::string_view line = whole;
    const std::string_view name = TakeField(&line);
    const auto value = ParseValue(TakeField(&line));
    if (!IsName(name) || !value || !TakeField(&line).empty()) return BadLine(kSnmp6, whole);
    const std::size_t six = name.find('6');
    if (six == name.npos || six + 1 == name.size()) continue;
    fields.push_back(NetstatField{
        .protocol = name.substr(0, six + 1), .name = name.substr(six + 1), .value = *value});
  }
  return fields;
}

const Family* NetstatCollector::FamilyAt(std::size_t position, const NetstatField& field) {
  if (position >= choices_.size()) choices_.resize(position + 1);
  Choice& choice = choices_[position];
  if (choice.name == field.name && choice.protocol == field.protocol) return choice.family;
  const std::string key = absl::StrFormat("%s_%s", field.protocol, field.name);
  choice = Choice{.protocol = std::string(field.protocol), .name = std::string(field.name)};
  if (filter_.Takes(key)) {
    choice.family = &families_.Get(key, [&] { return MakeFamily(field); });
  }
  return choice.family;
}

absl::Status NetstatCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string_view netstat, netstat_.Read());
  ASSIGN_OR_RETURN(std::vector<NetstatField> fields, ParseNetstat(netstat, "/proc/net/netstat"));
  ASSIGN_OR_RETURN(const std::string_view snmp, snmp_.Read());
  ASSIGN_OR_RETURN(const std::vector<NetstatField> more, ParseNetstat(snmp, "/proc/net/snmp"));
  fields.insert(fields.end(), more.begin(), more.end());
  // A kernel without IPv6 does not have the file.
  const absl::StatusOr<std::string_view> snmp6 = snmp6_.Read();
  if (!snmp6.ok() && !absl::IsNotFound(snmp6.status())) return snmp6.status();
  if (snmp6.ok()) {
    ASSIGN_OR_RETURN(const std::vector<NetstatField> six, ParseSnmp6(*snmp6));
    fields.insert(fields.end(), six.begin(), six.end());
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (const Family* family = FamilyAt(i, fields[i])) writer->Add(*family, fields[i].value);
  }
  return absl::OkStatus();
}

}  // namespace syspulse
