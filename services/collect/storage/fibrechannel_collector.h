// Fibre Channel adapters; source: /sys/class/fc_host/<host>,
// https://docs.kernel.org/scsi/scsi_fc_transport.html.
#ifndef SERVICES_COLLECT_STORAGE_FIBRECHANNEL_COLLECTOR_H_
#define SERVICES_COLLECT_STORAGE_FIBRECHANNEL_COLLECTOR_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// Returns a counter such as "0x1f" or "31"; nothing if it is none, or the one of all ones that
// stands for what the adapter does not count.
std::optional<std::uint64_t> ParseFibreChannelCounter(std::string_view text);

class FibreChannelCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  explicit FibreChannelCollector(const ProcFs* procfs) : procfs_(procfs) {}

  std::string_view name() const override { return "fibrechannel"; }
  // NotFound if there is no such adapter. Leaves out what an adapter does not tell.
  absl::Status Collect(MetricWriter* writer) override;

 private:
  const ProcFs* const procfs_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_STORAGE_FIBRECHANNEL_COLLECTOR_H_
