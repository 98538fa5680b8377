// What memory is used for; source: /proc/meminfo, proc(5). The kernel decides which fields there
// are.
#ifndef SERVICES_COLLECT_KERNEL_MEMINFO_COLLECTOR_H_
#define SERVICES_COLLECT_KERNEL_MEMINFO_COLLECTOR_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// One line.
struct MemoryField {
  std::string_view name;    // as in the file, such as "Active(anon)"; points into its text
  std::uint64_t value = 0;  // bytes, or a count where there is no unit
  bool is_bytes = false;

  bool operator==(const MemoryField&) const = default;
};

// Returns all fields. DataLoss if a line is not one, or the text is cut or empty.
absl::StatusOr<std::vector<MemoryField>> ParseMeminfo(std::string_view meminfo);

class MeminfoCollector final : public Collector {
 public:
  explicit MeminfoCollector(const ProcFs& procfs)
      : meminfo_(procfs.Proc("meminfo", FileEnd::kShortRead)) {}

  std::string_view name() const override { return "meminfo"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  ProcFile meminfo_;
  DynamicFamilies families_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_KERNEL_MEMINFO_COLLECTOR_H_
