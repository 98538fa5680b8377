// Usage of mounted filesystems; source: /proc/1/mountinfo, proc(5), and statfs(2).
#ifndef SERVICES_COLLECT_STORAGE_FILESYSTEM_COLLECTOR_H_
#define SERVICES_COLLECT_STORAGE_FILESYSTEM_COLLECTOR_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/base/clock.h"
#include "services/collect/collector.h"
#include "services/collect/collector_settings.h"
#include "services/collect/name_filter.h"
#include "services/collect/procfs.h"
#include "services/collect/storage/statfs_prober.h"

namespace syspulse {

// One line.
struct Mount {
  std::string device;
  std::string mount_point;
  std::string fstype;
  std::string major;  // number of the device
  std::string minor;
  bool read_only = false;  // by its own options or those of the filesystem

  bool operator==(const Mount&) const = default;
};

// Returns the mounts, with escapes resolved. Where one is mounted over another, only the one that
// is seen stays. DataLoss if a line is not one, or the text is cut or empty.
absl::StatusOr<std::vector<Mount>> ParseMountInfo(std::string_view mount_info);

// Returns where the host sees `mount_point`, given where its root directory is mounted here.
std::string WithoutRoot(std::string_view mount_point, std::string_view rootfs);

// Returns why a filesystem gave no answer, in the words that node_exporter has for it.
std::string DeviceError(int error);

class FilesystemCollector final : public Collector {
 public:
  // `clock` must outlive this.
  FilesystemCollector(const ProcFs& procfs, const Clock* clock, const CollectorSettings& settings,
                      StatfsFunction statfs, StatfsOptions options = {});

  std::string_view name() const override { return "filesystem"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  absl::StatusOr<std::string_view> ReadMountInfo();

  const std::string rootfs_;
  const NameFilter mount_points_;
  const NameFilter types_;
  ProcFile init_mount_info_;  // the host's
  ProcFile self_mount_info_;  // where the other may not be read
  StatfsProber prober_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_STORAGE_FILESYSTEM_COLLECTOR_H_
