// What network interfaces are: addresses, state, speed, limits; source: /sys/class/net/*,
// Documentation/ABI/testing/sysfs-class-net.
//
// An interface that is up has node_network_up twice, as node_exporter has it and with the label
// operstate="up": dashboard 1860 asks for node_network_up{operstate="up"}, which node_exporter does
// not answer. The first series stays as it is, because a label for the state would make another
// series of an interface that goes down, and changes(node_network_up[5m]), by which alerts find
// links that flap, would be 0 for ever. An interface that is down has only the first, so what
// looks for zeros finds each once; who counts or joins interfaces says operstate="".
#ifndef SERVICES_COLLECT_NETWORK_NETCLASS_COLLECTOR_H_
#define SERVICES_COLLECT_NETWORK_NETCLASS_COLLECTOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/name_filter.h"
#include "services/collect/procfs.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {

// Returns the number of an attribute, decimal or hexadecimal with "0x"; nothing if it is none.
std::optional<std::int64_t> ParseNetAttribute(std::string_view text);

class NetclassCollector final : public Collector {
 public:
  // `procfs` must outlive this. With `ignore_invalid_speed` the speed of an interface is left out
  // where the driver answers -1 for a speed that it does not know.
  NetclassCollector(const ProcFs* procfs, NameFilter devices, bool ignore_invalid_speed)
      : procfs_(procfs),
        devices_(std::move(devices)),
        ignore_invalid_speed_(ignore_invalid_speed) {}

  std::string_view name() const override { return "netclass"; }

  // Leaves out attributes that a driver does not have or does not tell, as most do of an interface
  // that is down.
  absl::Status Collect(MetricWriter* writer) override;

 private:
  using Numbers = std::vector<absl::StatusOr<std::int64_t>>;  // of the attributes that are numbers

  void AddInfo(const SysDirectory& directory, std::string_view device, const Numbers& numbers,
               MetricWriter* writer) const;
  void AddNumbers(std::string_view device, const Numbers& numbers, MetricWriter* writer) const;

  const ProcFs* const procfs_;
  const NameFilter devices_;
  const bool ignore_invalid_speed_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_NETWORK_NETCLASS_COLLECTOR_H_
