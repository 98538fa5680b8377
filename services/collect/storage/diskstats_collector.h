// Reads, writes, discards and flushes of block devices, and what is known of the devices; sources:
// /proc/diskstats, see https://www.kernel.org/doc/html/latest/admin-guide/iostats.html, udev's
// database and /sys/block/<device>/queue/rotational.
#ifndef SERVICES_COLLECT_STORAGE_DISKSTATS_COLLECTOR_H_
#define SERVICES_COLLECT_STORAGE_DISKSTATS_COLLECTOR_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/name_filter.h"
#include "services/collect/procfs.h"
#include "services/collect/storage/udev_database.h"

namespace syspulse {

inline constexpr std::size_t kDiskFields = 17;  // 11 of every kernel, 15 since 4.18, 17 since 5.5

// One line.
struct DiskStats {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  std::string_view device;                          // points into the text
  std::array<std::uint64_t, kDiskFields> values{};  // in the order of the file
  std::size_t value_count = 0;                      // how many of them the kernel has

  bool operator==(const DiskStats&) const = default;
};

// Returns the devices. DataLoss if a line is not one, or the text is cut.
absl::StatusOr<std::vector<DiskStats>> ParseDiskstats(std::string_view diskstats);

class DiskstatsCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  DiskstatsCollector(const ProcFs* procfs, NameFilter devices)
      : procfs_(procfs), devices_(std::move(devices)), diskstats_(procfs->Proc("diskstats")) {}

  std::string_view name() const override { return "diskstats"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  // A device by its numbers, which udev's file is named by.
  struct Known {
    std::string device;
    bool taken = false;  // the rest is of those only
    std::string major;
    std::string minor;
    std::string rotational;  // "0" or "1", empty if unknown
    DiskIdentity identity;
  };
  const Known& Find(const DiskStats& disk);
  std::string ReadRotational(std::string device) const;

  const ProcFs* const procfs_;
  const NameFilter devices_;
  ProcFile diskstats_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Known> known_;
  int reads_ = 0;  // since the last time that known_ was emptied
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_STORAGE_DISKSTATS_COLLECTOR_H_
