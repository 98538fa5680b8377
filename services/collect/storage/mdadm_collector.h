// State of software RAID arrays; sources: /proc/mdstat and /sys/block/md*/md, see
// https://www.kernel.org/doc/html/latest/admin-guide/md.html.
#ifndef SERVICES_COLLECT_STORAGE_MDADM_COLLECTOR_H_
#define SERVICES_COLLECT_STORAGE_MDADM_COLLECTOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// One array.
struct MdArray {
  std::string_view name;   // such as "md0"; points into the text
  std::string_view state;  // active, inactive, broken, or what is done to it: recovery, resync,
                           // check, reshape
  std::uint64_t disks_required = 0;
  std::uint64_t disks_active = 0;
  std::uint64_t disks_failed = 0;
  std::uint64_t disks_spare = 0;
  std::uint64_t blocks = 0;         // of 1 KiB
  std::uint64_t blocks_synced = 0;  // of them in sync; all unless something is done to the array

  bool operator==(const MdArray&) const = default;
};

// Returns the arrays. DataLoss if a line is not one, or the text is cut, which its last line
// ("unused devices") tells.
absl::StatusOr<std::vector<MdArray>> ParseMdstat(std::string_view mdstat);

// Returns the first number of raid_disks: while an array is reshaped, the number before stands
// behind it in parentheses. Nothing if there is none.
std::optional<std::uint64_t> ParseRaidDisks(std::string_view raid_disks);

class MdadmCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  explicit MdadmCollector(const ProcFs* procfs)
      : procfs_(procfs), mdstat_(procfs->Proc("mdstat")) {}

  std::string_view name() const override { return "mdadm"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  void AddDisks(const std::string& array, MetricWriter* writer) const;

  const ProcFs* const procfs_;
  ProcFile mdstat_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_STORAGE_MDADM_COLLECTOR_H_
