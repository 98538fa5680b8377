#include <array>
#include <memory>

#include "services/collect/collector_spec.h"
#include "services/collect/storage/diskstats_collector.h"
#include "services/collect/storage/filesystem_collector.h"

namespace syspulse {
namespace {

using Context = CollectorContext;
using Made = std::unique_ptr<Collector>;

constexpr std::array kCollectors = {
    CollectorSpec{
        "diskstats", kSystemSource,
        [](const Context& c) -> Made { return std::make_unique<DiskstatsCollector>(c.procfs); }},
    CollectorSpec{"filesystem", kFilesystemSource,
                  [](const Context& c) -> Made {
                    return std::make_unique<FilesystemCollector>(*c.procfs, c.clock, c.statfs,
                                                                 c.statfs_options);
                  }},
};

}  // namespace

std::span<const CollectorSpec> StorageCollectors() { return kCollectors; }

}  // namespace syspulse
