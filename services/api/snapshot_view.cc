#include "services/api/snapshot_view.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <tuple>
#include <vector>

#include "services/api/snapshot_parts.h"
#include "services/api/snapshot_reading.h"
#include "services/model/proto.h"
#include "services/model/resource_name.h"

namespace syspulse {
namespace {

constexpr std::size_t kTopProcesses = 10;  // as Snapshot says

// Returns when the values were read: the system's time, for lack of that another part's.
absl::Time TimeOf(const SnapshotInput& input) {
  if (input.system != nullptr) return input.system->time;
  if (input.filesystem != nullptr) return input.filesystem->time;
  return input.processes != nullptr ? input.processes->time : absl::InfinitePast();
}

void FillSystem(const Reading& reading, const SnapshotMask& mask, v1::Snapshot* out) {
  using S = v1::Snapshot;
  if (mask.Wants(S::kUptimeSecondsFieldNumber)) FillUptime(reading, out);
  if (mask.Wants(S::kCpuFieldNumber)) FillCpu(reading, out);
  if (mask.Wants(S::kLoadFieldNumber)) FillLoad(reading, out);
  if (mask.Wants(S::kMemoryFieldNumber)) FillMemory(reading, out);
  if (mask.Wants(S::kSwapFieldNumber)) FillSwap(reading, out);
  if (mask.Wants(S::kPressureFieldNumber)) FillPressure(reading, out);
  if (mask.Wants(S::kDisksFieldNumber)) FillDisks(reading, out);
  if (mask.Wants(S::kNetworksFieldNumber)) FillNetworks(reading, out);
}

}  // namespace

void FillTopProcesses(const ProcessTable& table, v1::Snapshot* out) {
  std::vector<const Process*> order;
  order.reserve(table.processes.size());
  for (const Process& process : table.processes) order.push_back(&process);
  const auto key = [](const Process* process) {  // what was not measured comes last
    return std::tuple(-process->cpu_utilization_ratio.value_or(-1), -process->cpu_seconds,
                      process->pid);
  };
  const auto end =
      order.begin() + static_cast<std::ptrdiff_t>(std::min(kTopProcesses, order.size()));
  std::ranges::partial_sort(order, end, {}, key);
  for (auto process = order.begin(); process != end; ++process) {
    ToProto(table.host, **process, out->add_top_processes());
  }
}

v1::Snapshot SnapshotView::Make(const SnapshotInput& input, const SnapshotMask& mask) const {
  using S = v1::Snapshot;
  v1::Snapshot snapshot;
  if (mask.Wants(S::kIdentityFieldNumber)) ToProto(*input.host, snapshot.mutable_identity());
  FillFromFrames(input, mask, &snapshot);
  if (input.processes != nullptr) {
    if (mask.Wants(S::kTopProcessesFieldNumber)) FillTopProcesses(*input.processes, &snapshot);
    if (mask.Wants(S::kProcessTotalsFieldNumber)) {
      ToProto(input.processes->totals, snapshot.mutable_process_totals());
    }
  }
  mask.Apply(&snapshot);
  return snapshot;
}

HostSummary SnapshotView::Summarize(const SnapshotInput& input) const {
  HostSummary summary{.sample_time = TimeOf(input)};
  if (input.system != nullptr) {
    const PlannedReading planned = ReadSystem(input);
    const Reading& reading = planned.reading;
    const CpuUse cpu = UseOfCpu(reading);
    summary.cpu_utilization_ratio = cpu.utilization_ratio;
    summary.memory_utilization_ratio = MemoryUtilization(reading);
    summary.load_one_minute = reading.Value(kLoad1);
    if (summary.load_one_minute && cpu.core_count > 0) {
      summary.load_per_core_ratio = *summary.load_one_minute / cpu.core_count;
    }
    summary.pressure_ratio = GreatestPressure(reading);
  }
  if (input.filesystem != nullptr) {
    const auto plan = plans_.For(input.filesystem->schema);
    const FullestFilesystem fullest = FindFullest(*input.filesystem, *plan);
    summary.filesystem_utilization_ratio = fullest.utilization_ratio;
    summary.filesystem_mountpoint = fullest.mountpoint;
  }
  return summary;
}

SnapshotView::PlannedReading SnapshotView::ReadSystem(const SnapshotInput& input) const {
  PlannedReading planned{.plan = plans_.For(input.system->schema)};
  planned.reading = {.frame = input.system.get(), .plan = planned.plan.get()};
  if (input.earlier_system != nullptr && input.earlier_system->time < input.system->time) {
    planned.earlier_plan = plans_.For(input.earlier_system->schema);
    planned.reading.earlier = input.earlier_system.get();
    planned.reading.earlier_plan = planned.earlier_plan.get();
    planned.reading.seconds =
        absl::ToDoubleSeconds(input.system->time - input.earlier_system->time);
  }
  return planned;
}

void SnapshotView::FillFromFrames(const SnapshotInput& input, const SnapshotMask& mask,
                                  v1::Snapshot* out) const {
  using S = v1::Snapshot;
  if (mask.Wants(S::kHostFieldNumber)) out->set_host(HostName(input.host->id));
  if (const absl::Time time = TimeOf(input);
      time != absl::InfinitePast() && mask.Wants(S::kSampleTimeFieldNumber)) {
    ToProto(time, out->mutable_sample_time());
  }
  if (input.system != nullptr) FillSystem(ReadSystem(input).reading, mask, out);
  if (input.filesystem != nullptr && mask.Wants(S::kFilesystemsFieldNumber)) {
    FillFilesystems(*input.filesystem, *plans_.For(input.filesystem->schema), out);
  }
}

}  // namespace syspulse
