// What the memory of each NUMA node is used for; source: /sys/devices/system/node/node*/meminfo and
// numastat, https://docs.kernel.org/admin-guide/numastat.html.
#ifndef SERVICES_COLLECT_KERNEL_MEMINFO_NUMA_COLLECTOR_H_
#define SERVICES_COLLECT_KERNEL_MEMINFO_NUMA_COLLECTOR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/kernel/meminfo_collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// Returns the fields of a node's meminfo, whose lines are those of /proc/meminfo behind "Node 0 ".
// DataLoss if a line is not one, or the text is cut or empty.
absl::StatusOr<std::vector<MemoryField>> ParseNodeMeminfo(std::string_view meminfo);

// One line of numastat.
struct NumaCounter {
  std::string_view name;  // such as "numa_hit"; points into the text
  std::uint64_t pages = 0;

  bool operator==(const NumaCounter&) const = default;
};

// DataLoss if a line is not one, or the text is cut or empty.
absl::StatusOr<std::vector<NumaCounter>> ParseNumastat(std::string_view numastat);

class MeminfoNumaCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  explicit MeminfoNumaCollector(const ProcFs* procfs) : procfs_(procfs) {}

  std::string_view name() const override { return "meminfo_numa"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  // A node with its files.
  struct Node {
    std::string number;
    std::string meminfo;
    std::string numastat;
  };

  absl::StatusOr<std::vector<Node>> ReadNodes() const;

  const ProcFs* const procfs_;
  DynamicFamilies families_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_KERNEL_MEMINFO_NUMA_COLLECTOR_H_
