#include "services/collect/network/bonding_collector.h"

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {
namespace {

constexpr Family kSlaves{"node_bonding_slaves",
                         MetricType::kGauge,
                         "",
                         "Number of configured slaves per bonding interface.",
                         {"master"}};
constexpr Family kActive{"node_bonding_active",
                         MetricType::kGauge,
                         "",
                         "Number of active slaves per bonding interface.",
                         {"master"}};

}  // namespace

// The kernel writes nothing at all, not even a line break, where there are no names.
absl::StatusOr<std::string> BondingCollector::ReadNames(const std::string& path) const {
  ASSIGN_OR_RETURN(const std::string text, procfs_->ReadSys(path));
  if (text.empty()) return text;
  const std::optional<std::string_view> names = ParseAttribute(text);
  if (!names) return absl::DataLossError(absl::StrFormat("parse %s: it is cut", path));
  return std::string(*names);
}

std::optional<BondSlaves> BondingCollector::ReadSlaves(std::string_view bond) const {
  const std::string directory = absl::StrFormat("class/net/%s", bond);
  const absl::StatusOr<std::string> names =
      ReadNames(absl::StrFormat("%s/bonding/slaves", directory));
  if (!names.ok()) return std::nullopt;
  BondSlaves slaves;
  std::string_view rest = *names;
  for (std::string_view slave = TakeField(&rest); !slave.empty(); slave = TakeField(&rest)) {
    absl::StatusOr<std::string> link;
    for (const std::string_view prefix : {"lower", "slave"}) {  // the second before Linux 3.18
      const std::string path = absl::StrFormat("%s/%s_%s/bonding_slave", directory, prefix, slave);
      link = SysDirectory(procfs_, path).Text("mii_status");
      if (!absl::IsNotFound(link.status())) break;
    }
    if (!link.ok()) return std::nullopt;
    ++slaves.configured;
    if (*link == "up") ++slaves.active;
  }
  return slaves;
}

absl::Status BondingCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string names, ReadNames("class/net/bonding_masters"));
  std::string_view rest = names;
  for (std::string_view bond = TakeField(&rest); !bond.empty(); bond = TakeField(&rest)) {
    const std::optional<BondSlaves> slaves = ReadSlaves(bond);
    if (!slaves) continue;
    writer->Add(kSlaves, slaves->configured, bond);
    writer->Add(kActive, slaves->active, bond);
  }
  return absl::OkStatus();
}

}  // namespace syspulse
