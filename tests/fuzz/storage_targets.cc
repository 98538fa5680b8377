#include "services/collect/storage/bcache_collector.h"
#include "services/collect/storage/bcachefs_files.h"
#include "services/collect/storage/btrfs_collector.h"
#include "services/collect/storage/diskstats_collector.h"
#include "services/collect/storage/fibrechannel_collector.h"
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
      {"bcache_number", Run<ParseBcacheNumber>, {"-20.4G\n", "512\n"}},
      {"bcache_priorities",
       Run<ParseBcachePriorities>,
       {"Unused:\t\t12%\nClean:\t\t80%\nMetadata:\t1%\n"}},
      {"bcache_writeback",
       Run<ParseBcacheWriteback>,
       {"web-1/sys/devices/virtual/block/bcache0/bcache/writeback_rate_debug"}},
      {"bcachefs_counter",
       Run<ParseBcachefsCounter>,
       {"since mount: 12.5G\nsince filesystem creation: 44.5T\n"}},
      {"bcachefs_errors", Run<ParseBcachefsErrors>, {"btree_node_read_err 2 1700000000\n"}},
      {"bcachefs_io_done",
       Run<ParseBcachefsIoDone>,
       {"read:\nsb : 4096\nuser :12\nwrite:\nsb : 8\n"}},
      {"bcachefs_io_errors",
       Run<ParseBcachefsIoErrors>,
       {"IO errors since filesystem creation\n  read: 1\nIO errors since 8 y ago\n  read: 0\n"}},
      {"bcachefs_number", Run<ParseBcachefsNumber>, {"1.5G\n"}},
      {"bcachefs_table", Run<ParseBcachefsTable>, {" nr size\ninitial: 3 1.5k\n"}},
      {"btrfs_commits",
       Run<ParseBtrfsCommits>,
       {"commits 1\nlast_commit_ms 2\nmax_commit_ms 3\ntotal_commit_ms 4\n"}},
      {"diskstats", Run<ParseDiskstats>, {"web-1/proc/diskstats"}},
      {"fibrechannel_counter", Run<ParseFibreChannelCounter>, {"0x1f\n"}},
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
