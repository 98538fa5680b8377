// What each mounted XFS did; source: /sys/fs/xfs/<device>/stats/stats, see
// https://xfs.org/index.php/Runtime_Stats.
#ifndef SERVICES_COLLECT_STORAGE_XFS_COLLECTOR_H_
#define SERVICES_COLLECT_STORAGE_XFS_COLLECTOR_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// The numbers of each line by its first word, such as "extent_alloc".
using XfsStats = std::map<std::string, std::vector<std::uint64_t>, std::less<>>;

// Returns the lines. DataLoss if one of them does not consist of a word and numbers, has fewer of
// them than are published, or the text is cut or empty. Lines that are not published are left out.
absl::StatusOr<XfsStats> ParseXfsStats(std::string_view stats);

class XfsCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  explicit XfsCollector(const ProcFs* procfs) : procfs_(procfs) {}

  std::string_view name() const override { return "xfs"; }
  // A host without XFS has no series, which is no failure.
  absl::Status Collect(MetricWriter* writer) override;

 private:
  const ProcFs* const procfs_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_STORAGE_XFS_COLLECTOR_H_
