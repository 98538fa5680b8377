// Watchdogs, which reset a machine that hangs; source: /sys/class/watchdog, see
// https://docs.kernel.org/admin-guide/abi-testing.html.
#ifndef SERVICES_COLLECT_HARDWARE_WATCHDOG_COLLECTOR_H_
#define SERVICES_COLLECT_HARDWARE_WATCHDOG_COLLECTOR_H_

#include <string_view>

#include "absl/status/status.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

class WatchdogCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  explicit WatchdogCollector(const ProcFs* procfs) : procfs_(procfs) {}

  std::string_view name() const override { return "watchdog"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  const ProcFs* const procfs_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_HARDWARE_WATCHDOG_COLLECTOR_H_
