// Length of the run queue, averaged; source: /proc/loadavg, proc(5).
#ifndef SERVICES_COLLECT_KERNEL_LOADAVG_COLLECTOR_H_
#define SERVICES_COLLECT_KERNEL_LOADAVG_COLLECTOR_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// Runnable and uninterruptible tasks, averaged exponentially over so many minutes.
struct LoadAverages {
  double one = 0;
  double five = 0;
  double fifteen = 0;

  bool operator==(const LoadAverages&) const = default;
};

// DataLoss if the text is anything else or cut.
absl::StatusOr<LoadAverages> ParseLoadAverages(std::string_view loadavg);

class LoadavgCollector final : public Collector {
 public:
  explicit LoadavgCollector(const ProcFs& procfs)
      : loadavg_(procfs.Proc("loadavg", FileEnd::kShortRead)) {}

  std::string_view name() const override { return "loadavg"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  ProcFile loadavg_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_KERNEL_LOADAVG_COLLECTOR_H_
