// Space, counters and devices of each mounted bcachefs; source: /sys/fs/bcachefs/<uuid>, see
// bcachefs_files.h.
#ifndef SERVICES_COLLECT_STORAGE_BCACHEFS_COLLECTOR_H_
#define SERVICES_COLLECT_STORAGE_BCACHEFS_COLLECTOR_H_

#include <string_view>

#include "services/collect/collector.h"
#include "services/collect/metric_writer.h"
#include "services/collect/procfs.h"

namespace syspulse {

class BcachefsCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  explicit BcachefsCollector(const ProcFs* procfs) : procfs_(procfs) {}

  std::string_view name() const override { return "bcachefs"; }
  // NotFound if there is no such filesystem. Leaves out what one does not tell.
  absl::Status Collect(MetricWriter* writer) override;

 private:
  const ProcFs* const procfs_;
  DynamicFamilies counters_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_STORAGE_BCACHEFS_COLLECTOR_H_
