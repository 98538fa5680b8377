// Paging, swapping and out-of-memory kills; source: /proc/vmstat, proc(5).
#ifndef SERVICES_COLLECT_KERNEL_VMSTAT_COLLECTOR_H_
#define SERVICES_COLLECT_KERNEL_VMSTAT_COLLECTOR_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// One line.
struct VmstatField {
  std::string_view name;    // points into the text
  std::uint64_t value = 0;  // pages or events

  bool operator==(const VmstatField&) const = default;
};

// Returns whether the field is published: node_exporter's default,
// ^(oom_kill|pgpg|pswp|pg.*fault).*
bool IsPublishedVmstat(std::string_view name);

// Returns the published fields. DataLoss if one is not a number, or the text is cut or empty.
absl::StatusOr<std::vector<VmstatField>> ParseVmstat(std::string_view vmstat);

class VmstatCollector final : public Collector {
 public:
  explicit VmstatCollector(const ProcFs& procfs) : vmstat_(procfs.Proc("vmstat")) {}

  std::string_view name() const override { return "vmstat"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  ProcFile vmstat_;
  DynamicFamilies families_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_KERNEL_VMSTAT_COLLECTOR_H_
