// InfiniBand adapters, and others that speak RDMA, with their ports; source: /sys/class/infiniband,
// Documentation/ABI/stable/sysfs-class-infiniband.
#ifndef SERVICES_COLLECT_NETWORK_INFINIBAND_COLLECTOR_H_
#define SERVICES_COLLECT_NETWORK_INFINIBAND_COLLECTOR_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "services/collect/collector.h"
#include "services/collect/name_filter.h"
#include "services/collect/procfs.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {

// Returns the number of a state such as "4: ACTIVE"; nothing if it is not one.
std::optional<std::uint32_t> ParseInfinibandState(std::string_view state);

// Returns bytes per second of a rate such as "40 Gb/sec (4X QDR)"; nothing if it is not one.
std::optional<double> ParseInfinibandRate(std::string_view rate);

class InfinibandCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  InfinibandCollector(const ProcFs* procfs, NameFilter devices)
      : procfs_(procfs), devices_(std::move(devices)) {}

  std::string_view name() const override { return "infiniband"; }

  // NotFound if there is no such adapter. Leaves out what an adapter does not have or does not
  // tell.
  absl::Status Collect(MetricWriter* writer) override;

 private:
  const ProcFs* const procfs_;
  const NameFilter devices_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_NETWORK_INFINIBAND_COLLECTOR_H_
