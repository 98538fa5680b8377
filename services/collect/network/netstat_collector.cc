#include "services/collect/network/netstat_collector.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"

namespace syspulse {
namespace {

DynamicFamilies::Text MakeFamily(std::string_view protocol, std::string_view field) {
  return {.name = absl::StrFormat("node_netstat_%s_%s", protocol, field),
          .type = MetricType::kUntyped,
          .help = absl::StrFormat("Statistic %s%s.", protocol, field)};
}

}  // namespace

NetstatCollector::NetstatCollector(const ProcFs& procfs, NameFilter fields)
    : filter_(std::move(fields)),
      netstat_(Of(procfs, "net/netstat", NetstatFields::Shape::kPairs)),
      snmp_(Of(procfs, "net/snmp", NetstatFields::Shape::kPairs)),
      snmp6_(Of(procfs, "net/snmp6", NetstatFields::Shape::kOneOnALine)) {}

NetstatCollector::Statistics NetstatCollector::Of(const ProcFs& procfs, std::string_view path,
                                                  NetstatFields::Shape shape) {
  return {.file = procfs.Proc(path, FileEnd::kShortRead),
          .fields = NetstatFields(absl::StrFormat("/proc/%s", path), shape,
                                  [this](std::string_view protocol, std::string_view field) {
                                    return FamilyOf(protocol, field);
                                  })};
}

const Family* NetstatCollector::FamilyOf(std::string_view protocol, std::string_view field) {
  const std::string key = absl::StrFormat("%s_%s", protocol, field);
  if (!filter_.Takes(key)) return nullptr;
  return &families_.Get(key, [&] { return MakeFamily(protocol, field); });
}

absl::Status NetstatCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string_view netstat, netstat_.file.Read());
  ASSIGN_OR_RETURN(std::vector<NetstatValue> values, netstat_.fields.Parse(netstat));
  ASSIGN_OR_RETURN(const std::string_view snmp, snmp_.file.Read());
  ASSIGN_OR_RETURN(const std::vector<NetstatValue> more, snmp_.fields.Parse(snmp));
  values.insert(values.end(), more.begin(), more.end());
  // A kernel without IPv6 does not have the file.
  const absl::StatusOr<std::string_view> snmp6 = snmp6_.file.Read();
  if (!snmp6.ok() && !absl::IsNotFound(snmp6.status())) return snmp6.status();
  if (snmp6.ok()) {
    ASSIGN_OR_RETURN(const std::vector<NetstatValue> six, snmp6_.fields.Parse(*snmp6));
    values.insert(values.end(), six.begin(), six.end());
  }
  for (const NetstatValue& value : values) writer->Add(*value.family, value.value);
  return absl::OkStatus();
}

}  // namespace syspulse
