// Reads, writes, discards and flushes of block devices; source: /proc/diskstats, see
// https://www.kernel.org/doc/html/latest/admin-guide/iostats.html.
#ifndef SERVICES_COLLECT_STORAGE_DISKSTATS_COLLECTOR_H_
#define SERVICES_COLLECT_STORAGE_DISKSTATS_COLLECTOR_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

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

// Returns whether the device is left out: node_exporter's default,
// ^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$
bool IsExcludedDisk(std::string_view device);

// Returns the devices that are not left out. DataLoss if a line is not one, or the text is cut.
absl::StatusOr<std::vector<DiskStats>> ParseDiskstats(std::string_view diskstats);

// What udev knows of a device.
struct DiskIdentity {
  std::string path;
  std::string wwn;
  std::string model;
  std::string serial;
  std::string revision;

  bool operator==(const DiskIdentity&) const = default;
};

// Returns the identity in a file of udev's database, lines `E:KEY=value`; what is not there stays
// empty.
DiskIdentity ParseUdev(std::string_view database);

class DiskstatsCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  explicit DiskstatsCollector(const ProcFs* procfs)
      : procfs_(procfs), diskstats_(procfs->Proc("diskstats")) {}

  std::string_view name() const override { return "diskstats"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  // A device by its numbers, which udev's file is named by.
  struct Known {
    std::string device;
    std::string major;
    std::string minor;
    DiskIdentity identity;
  };
  const Known& Find(const DiskStats& disk);

  const ProcFs* const procfs_;
  ProcFile diskstats_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Known> known_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_STORAGE_DISKSTATS_COLLECTOR_H_
