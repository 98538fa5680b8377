#include "services/collect/storage/diskstats_collector.h"
#include "services/collect/storage/filesystem_collector.h"
#include "tests/fuzz/targets.h"

namespace syspulse {

std::vector<FuzzTarget> StorageTargets() {
  return {
      {"diskstats", Run<ParseDiskstats>, {"web-1/proc/diskstats"}},
      {"mount_info", Run<ParseMountInfo>, {"web-1/proc/1/mountinfo"}},
      {"udev", Run<ParseUdev>, {"web-1/rootfs/run/udev/data/b8:0"}},
  };
}

}  // namespace syspulse
