// Disks that are reached by several paths, as the device mapper makes them of one disk for each
// path; source: /sys/block/dm-*, Documentation/ABI/testing/sysfs-block-dm.
#ifndef SERVICES_COLLECT_STORAGE_DMMULTIPATH_COLLECTOR_H_
#define SERVICES_COLLECT_STORAGE_DMMULTIPATH_COLLECTOR_H_

#include <string_view>

#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

class DmMultipathCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  explicit DmMultipathCollector(const ProcFs* procfs) : procfs_(procfs) {}

  std::string_view name() const override { return "dmmultipath"; }
  // A host without such disks has no series, which is no failure. Leaves out what a disk does not
  // tell; where a path does not say its state, it is not known how many are active.
  absl::Status Collect(MetricWriter* writer) override;

 private:
  const ProcFs* const procfs_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_STORAGE_DMMULTIPATH_COLLECTOR_H_
