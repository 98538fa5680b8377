// Which column of a frame holds what a snapshot shows: found once per schema, used every second.
#ifndef SERVICES_API_SNAPSHOT_PLAN_H_
#define SERVICES_API_SNAPSHOT_PLAN_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "services/base/mutex.h"
#include "services/model/metric.h"

namespace syspulse {

// Metrics without labels; their names are in snapshot_plan.cc.
enum ScalarMetric {
  kTime,
  kBootTime,
  kLoad1,
  kLoad5,
  kLoad15,
  kMemoryTotal,
  kMemoryAvailable,
  kMemoryFree,
  kMemoryBuffers,
  kMemoryCached,
  kMemorySlabReclaimable,
  kMemoryShared,
  kMemoryDirty,
  kSwapTotal,
  kSwapFree,
  kSwapInPages,
  kSwapOutPages,
  kPressureCpuWaiting,
  kPressureMemoryWaiting,
  kPressureMemoryStalled,
  kPressureIoWaiting,
  kPressureIoStalled,
  kScalarMetrics
};

// Values of the label `mode` of node_cpu_seconds_total; see proc(5), /proc/stat.
enum CpuMode {
  kCpuUser,
  kCpuNice,
  kCpuSystem,
  kCpuIdle,
  kCpuIowait,
  kCpuIrq,
  kCpuSoftirq,
  kCpuSteal,
  kCpuModes
};

enum FilesystemMetric {
  kFilesystemSize,
  kFilesystemFree,
  kFilesystemAvailable,
  kFilesystemFiles,
  kFilesystemFilesFree,
  kFilesystemReadOnly,
  kFilesystemDeviceError,
  kFilesystemMetrics
};

enum DiskMetric {
  kDiskReadBytes,
  kDiskWrittenBytes,
  kDiskReads,
  kDiskWrites,
  kDiskReadTime,
  kDiskWriteTime,
  kDiskIoTime,
  kDiskWeightedIoTime,
  kDiskMetrics
};

enum NetworkMetric {
  kReceiveBytes,
  kTransmitBytes,
  kReceivePackets,
  kTransmitPackets,
  kReceiveErrors,
  kTransmitErrors,
  kReceiveDrops,
  kTransmitDrops,
  kNetworkMetrics
};

inline constexpr int kNoColumn = -1;

// Indexes into Frame::values by metric; kNoColumn where the schema has no such series.
template <std::size_t N>
using Columns = std::array<int, N>;

struct CorePlan {
  std::int32_t key = 0;  // number of the core
  Columns<kCpuModes> columns;
};

template <std::size_t N>
struct DevicePlan {
  std::string key;  // name of the device
  Columns<N> columns;
};

struct FilesystemPlan {
  std::string mountpoint;
  std::string device;
  std::string fstype;
  Columns<kFilesystemMetrics> columns;
};

// A value. Lists are sorted: cores by number, devices by name, filesystems by mount point.
struct SnapshotPlan {
  Columns<kScalarMetrics> scalars;
  std::vector<CorePlan> cores;
  std::vector<FilesystemPlan> filesystems;
  std::vector<DevicePlan<kDiskMetrics>> disks;
  std::vector<DevicePlan<kNetworkMetrics>> networks;
};

// Returns the plan of the schema. Metrics that no snapshot shows are passed over, and so are series
// without the labels that would tell what they are of.
SnapshotPlan CompileSnapshotPlan(const Schema& schema);

// Plans by schema. Thread-safe. A plan goes some time after its schema: it does not keep it alive.
class SnapshotPlans {
 public:
  // Returns the plan of the schema, compiled if it is asked for the first time.
  std::shared_ptr<const SnapshotPlan> For(const SchemaPtr& schema);

 private:
  struct Cached {
    std::weak_ptr<const Schema> schema;  // tells a schema from another at the same address
    std::shared_ptr<const SnapshotPlan> plan;
  };

  void SweepLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Mutex mutex_;
  std::unordered_map<const Schema*, Cached> plans_ ABSL_GUARDED_BY(mutex_);
  std::size_t sweep_at_ ABSL_GUARDED_BY(mutex_) = 64;  // size at which to look for dead schemas
};

}  // namespace syspulse

#endif  // SERVICES_API_SNAPSHOT_PLAN_H_
