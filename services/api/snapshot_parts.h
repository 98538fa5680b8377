// The parts of a snapshot, each computed by itself; see snapshot.proto for what the fields mean.
#ifndef SERVICES_API_SNAPSHOT_PARTS_H_
#define SERVICES_API_SNAPSHOT_PARTS_H_

#include <optional>
#include <string_view>

#include "services/api/snapshot_mask.h"
#include "services/api/snapshot_plan.h"
#include "services/api/snapshot_reading.h"
#include "services/model/frame.h"
#include "services/model/process_table.h"
#include "syspulse/v1/snapshot.pb.h"

namespace syspulse {

// Each sets its part of `out`, if the frame has anything of it.
void FillCpu(const Reading& reading, v1::Snapshot* out);
void FillLoad(const Reading& reading, v1::Snapshot* out);
void FillMemory(const Reading& reading, v1::Snapshot* out);
void FillSwap(const Reading& reading, v1::Snapshot* out);
void FillPressure(const Reading& reading, v1::Snapshot* out);
void FillUptime(const Reading& reading, v1::Snapshot* out);
void FillDisks(const Reading& reading, v1::Snapshot* out);
void FillNetworks(const Reading& reading, v1::Snapshot* out);
void FillFilesystems(const Frame& frame, const SnapshotPlan& plan, v1::Snapshot* out);

// The same for a summary, each where it was measured.
struct CpuUse {
  int core_count = 0;                       // that are online
  std::optional<double> utilization_ratio;  // 0 to 1, over all cores
};
CpuUse UseOfCpu(const Reading& reading);
std::optional<double> MemoryUtilization(const Reading& reading);
// The greatest share of time in which some task stalled.
std::optional<double> GreatestPressure(const Reading& reading);

struct FullestFilesystem {
  std::optional<double> utilization_ratio;  // 0 to 1
  std::string_view mountpoint;              // the plan's
};
// Of those that are not mounted read-only.
FullestFilesystem FindFullest(const Frame& frame, const SnapshotPlan& plan);

// Adds the processes that use most CPU: ten at most.
void FillTopProcesses(const ProcessTable& table, v1::Snapshot* out);

}  // namespace syspulse

#endif  // SERVICES_API_SNAPSHOT_PARTS_H_
