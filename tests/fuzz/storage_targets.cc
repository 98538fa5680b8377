#include "services/collect/storage/btrfs_collector.h"
#include "services/collect/storage/diskstats_collector.h"
#include "services/collect/storage/filesystem_collector.h"
#include "services/collect/storage/kstat.h"
#include "services/collect/storage/mdadm_collector.h"
#include "services/collect/storage/rpc_stats.h"
#include "services/collect/storage/udev_database.h"
#include "services/collect/storage/xfs_collector.h"
#include "tests/fuzz/targets.h"

namespace syspulse {

std::vector<FuzzTarget> StorageTargets() {
  return {
      {"btrfs_commits",
       Run<ParseBtrfsCommits>,
       {"commits 1\nlast_commit_ms 2\nmax_commit_ms 3\ntotal_commit_ms 4\n"}},
      {"diskstats", Run<ParseDiskstats>, {"web-1/proc/diskstats"}},
      {"kstat", Run<ParseKstat>, {"web-1/proc/spl/kstat/zfs/arcstats"}},
      {"mdstat", Run<ParseMdstat>, {"web-1/proc/mdstat"}},
      {"mount_info", Run<ParseMountInfo>, {"web-1/proc/1/mountinfo"}},
      {"pool_io", Run<ParsePoolIo>, {"web-1/proc/spl/kstat/zfs/tank/io"}},
      {"pool_state", Run<ParsePoolState>, {"ONLINE\n"}},
      {"raid_disks", Run<ParseRaidDisks>, {"4 (3)\n"}},
      {"rpc_stats", Run<ParseRpcStats>, {"web-1/proc/net/rpc/nfs", "web-1/proc/net/rpc/nfsd"}},
      {"udev", Run<ParseUdev>, {"web-1/rootfs/run/udev/data/b8:0"}},
      {"xfs_stats", Run<ParseXfsStats>, {"web-1/sys/fs/xfs/nvme0n1p1/stats/stats"}},
  };
}

}  // namespace syspulse
