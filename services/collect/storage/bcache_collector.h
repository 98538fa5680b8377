// Caches of disks on faster disks, as bcache makes them; source: /sys/fs/bcache/<uuid>,
// https://docs.kernel.org/admin-guide/bcache.html.
#ifndef SERVICES_COLLECT_STORAGE_BCACHE_COLLECTOR_H_
#define SERVICES_COLLECT_STORAGE_BCACHE_COLLECTOR_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// Returns a number as bcache writes it for people, such as "512", "20.4G" or "-1.1k", without what
// is behind the point of the whole number; nothing if it is none. Behind the point of its own are
// tenths of 1024, from .0 to .10.
std::optional<std::int64_t> ParseBcacheNumber(std::string_view text);

// How fast a disk's dirty data are written back, and what decides that.
struct BcacheWriteback {
  std::optional<std::int64_t> rate;    // bytes per second
  std::optional<std::int64_t> target;  // bytes that may be dirty
  std::optional<std::int64_t> proportional;
  std::optional<std::int64_t> integral;
  std::optional<std::int64_t> change;  // of the rate, at last

  bool operator==(const BcacheWriteback&) const = default;
};

// Reads writeback_rate_debug. DataLoss if a number is none, or the text is cut or empty.
absl::StatusOr<BcacheWriteback> ParseBcacheWriteback(std::string_view writeback_rate_debug);

// What the space of a cache is for, in percent.
struct BcachePriorities {
  std::optional<std::uint64_t> unused;
  std::optional<std::uint64_t> metadata;

  bool operator==(const BcachePriorities&) const = default;
};

// Reads priority_stats. DataLoss if a number is none, or the text is cut or empty.
absl::StatusOr<BcachePriorities> ParseBcachePriorities(std::string_view priority_stats);

class BcacheCollector final : public Collector {
 public:
  // `priorities` says whether those are told too, for which the kernel sorts all buckets of a cache
  // each time. `procfs` must outlive this.
  BcacheCollector(const ProcFs* procfs, bool priorities)
      : procfs_(procfs), priorities_(priorities) {}

  std::string_view name() const override { return "bcache"; }
  // A host without bcache has no series, which is no failure. Leaves out what a cache does not
  // tell.
  absl::Status Collect(MetricWriter* writer) override;

 private:
  const ProcFs* const procfs_;
  const bool priorities_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_STORAGE_BCACHE_COLLECTOR_H_
