// Reads and writes of tape drives; source: /sys/class/scsi_tape/<drive>/stats, see
// https://www.kernel.org/doc/html/latest/scsi/st.html.
#ifndef SERVICES_COLLECT_STORAGE_TAPESTATS_COLLECTOR_H_
#define SERVICES_COLLECT_STORAGE_TAPESTATS_COLLECTOR_H_

#include <string_view>
#include <utility>

#include "services/collect/collector.h"
#include "services/collect/name_filter.h"
#include "services/collect/procfs.h"

namespace syspulse {

// Returns whether the name is that of a drive: st and a number. Those that end with a letter (st0l,
// st0a) and those that begin with n (nst0) are the same drive, used in another way.
bool IsTapeDrive(std::string_view name);

class TapestatsCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  TapestatsCollector(const ProcFs* procfs, NameFilter drives)
      : procfs_(procfs), drives_(std::move(drives)) {}

  std::string_view name() const override { return "tapestats"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  const ProcFs* const procfs_;
  const NameFilter drives_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_STORAGE_TAPESTATS_COLLECTOR_H_
