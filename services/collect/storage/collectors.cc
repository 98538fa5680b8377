#include <sys/ioctl.h>

#include <array>
#include <memory>

#include "services/collect/collector_spec.h"
#include "services/collect/storage/bcache_collector.h"
#include "services/collect/storage/bcachefs_collector.h"
#include "services/collect/storage/btrfs_collector.h"
#include "services/collect/storage/diskstats_collector.h"
#include "services/collect/storage/dmmultipath_collector.h"
#include "services/collect/storage/fibrechannel_collector.h"
#include "services/collect/storage/filesystem_collector.h"
#include "services/collect/storage/mdadm_collector.h"
#include "services/collect/storage/nfs_collector.h"
#include "services/collect/storage/tapestats_collector.h"
#include "services/collect/storage/xfs_collector.h"
#include "services/collect/storage/zfs_collector.h"

namespace syspulse {
namespace {

using Context = CollectorContext;
using Made = std::unique_ptr<Collector>;

constexpr std::array kCollectors = {
    CollectorSpec{"diskstats", kSystemSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<DiskstatsCollector>(c.procfs, c.settings->disk_devices);
                  }},
    CollectorSpec{"filesystem", kFilesystemSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<FilesystemCollector>(*c.procfs, c.clock, *c.settings,
                                                                 c.statfs, c.statfs_options);
                  }},
    CollectorSpec{"bcache", kStorageSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<BcacheCollector>(c.procfs,
                                                             c.settings->bcache_priority_stats);
                  }},
    CollectorSpec{
        "bcachefs", kStorageSource,
        [](const Context& c) -> Made { return std::make_unique<BcachefsCollector>(c.procfs); }},
    CollectorSpec{"btrfs", kStorageSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<BtrfsCollector>(
                        c.procfs, [](int fd, unsigned long request, void* arguments) {
                          return ioctl(fd, request, arguments);
                        });
                  }},
    CollectorSpec{
        "dmmultipath", kStorageSource,
        [](const Context& c) -> Made { return std::make_unique<DmMultipathCollector>(c.procfs); }},
    CollectorSpec{
        "fibrechannel", kStorageSource,
        [](const Context& c) -> Made { return std::make_unique<FibreChannelCollector>(c.procfs); }},
    CollectorSpec{
        "mdadm", kStorageSource,
        [](const Context& c) -> Made { return std::make_unique<MdadmCollector>(c.procfs); }},
    CollectorSpec{
        "nfs", kStorageSource,
        [](const Context& c) -> Made { return std::make_unique<NfsCollector>(*c.procfs); }},
    CollectorSpec{
        "nfsd", kStorageSource,
        [](const Context& c) -> Made { return std::make_unique<NfsdCollector>(*c.procfs); }},
    CollectorSpec{"tapestats", kStorageSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<TapestatsCollector>(c.procfs, c.settings->tape_devices);
                  }},
    CollectorSpec{
        "xfs", kStorageSource,
        [](const Context& c) -> Made { return std::make_unique<XfsCollector>(c.procfs); }},
    CollectorSpec{
        "zfs", kStorageSource,
        [](const Context& c) -> Made { return std::make_unique<ZfsCollector>(c.procfs); }},
};

}  // namespace

std::span<const CollectorSpec> StorageCollectors() { return kCollectors; }

}  // namespace syspulse
