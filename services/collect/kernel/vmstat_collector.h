// Paging, swapping and out-of-memory kills; source: /proc/vmstat, proc(5).
#ifndef SERVICES_COLLECT_KERNEL_VMSTAT_COLLECTOR_H_
#define SERVICES_COLLECT_KERNEL_VMSTAT_COLLECTOR_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/name_filter.h"
#include "services/collect/procfs.h"

namespace syspulse {

// One line.
struct VmstatField {
  std::string_view name;    // points into the text
  std::uint64_t value = 0;  // pages or events

  bool operator==(const VmstatField&) const = default;
};

// Returns all fields. DataLoss if a line is not a name and a number, or the text is cut or empty.
absl::StatusOr<std::vector<VmstatField>> ParseVmstat(std::string_view vmstat);

class VmstatCollector final : public Collector {
 public:
  VmstatCollector(const ProcFs& procfs, NameFilter names)
      : names_(std::move(names)), vmstat_(procfs.Proc("vmstat", FileEnd::kHalfPage)) {}

  std::string_view name() const override { return "vmstat"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  // What was decided about the field at a position.
  struct Choice {
    std::string name;
    const Family* family = nullptr;  // null: it is not published
  };

  const Family* FamilyAt(std::size_t position, std::string_view name);

  const NameFilter names_;
  ProcFile vmstat_;
  DynamicFamilies families_;
  std::vector<Choice> choices_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_KERNEL_VMSTAT_COLLECTOR_H_
