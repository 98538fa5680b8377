// Network devices that were joined to one, and how many of each work; source:
// /sys/class/net/bonding_masters and the directories of the bonds,
// Documentation/networking/bonding.rst.
#ifndef SERVICES_COLLECT_NETWORK_BONDING_COLLECTOR_H_
#define SERVICES_COLLECT_NETWORK_BONDING_COLLECTOR_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// Devices of a bond.
struct BondSlaves {
  int configured = 0;
  int active = 0;  // with a link

  bool operator==(const BondSlaves&) const = default;
};

class BondingCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  explicit BondingCollector(const ProcFs* procfs) : procfs_(procfs) {}

  std::string_view name() const override { return "bonding"; }

  // NotFound if the kernel's module is not there. Leaves out a bond of which something cannot be
  // read, as when it is taken apart meanwhile.
  absl::Status Collect(MetricWriter* writer) override;

 private:
  absl::StatusOr<std::string> ReadNames(const std::string& path) const;
  std::optional<BondSlaves> ReadSlaves(std::string_view bond) const;

  const ProcFs* const procfs_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_NETWORK_BONDING_COLLECTOR_H_
