// Space, devices and commits of each mounted Btrfs; source: /sys/fs/btrfs/<uuid>, see
// https://btrfs.readthedocs.io/en/latest/ch-sysfs.html; and, of devices, btrfs_devices.h.
#ifndef SERVICES_COLLECT_STORAGE_BTRFS_COLLECTOR_H_
#define SERVICES_COLLECT_STORAGE_BTRFS_COLLECTOR_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"
#include "services/collect/storage/btrfs_devices.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {

// How often transactions were committed, and how long that took.
struct BtrfsCommits {
  std::uint64_t count = 0;
  std::uint64_t last_milliseconds = 0;
  std::uint64_t longest_milliseconds = 0;
  std::uint64_t total_milliseconds = 0;

  bool operator==(const BtrfsCommits&) const = default;
};

// Returns what the file commit_stats says, which kernels have since 6.0. DataLoss if a line is not
// one, one of the four is missing, or the text is cut or empty.
absl::StatusOr<BtrfsCommits> ParseBtrfsCommits(std::string_view commit_stats);

// Returns how many bytes of the devices a byte of data takes in a layout such as "raid1"; nothing
// for layouts that are not known, or that so few devices cannot have.
std::optional<double> AllocationRatio(std::string_view layout, std::size_t devices);

class BtrfsCollector final : public Collector {
 public:
  // `procfs` must outlive this. Filesystems are asked by `ioctl`.
  BtrfsCollector(const ProcFs* procfs, IoctlFunction ioctl)
      : procfs_(procfs), ioctl_(std::move(ioctl)) {}

  std::string_view name() const override { return "btrfs"; }
  // A host without Btrfs has no series, which is no failure.
  absl::Status Collect(MetricWriter* writer) override;

 private:
  const ProcFs* const procfs_;
  const IoctlFunction ioctl_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_STORAGE_BTRFS_COLLECTOR_H_
