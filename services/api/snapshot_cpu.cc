#include <algorithm>
#include <array>
#include <optional>

#include "services/api/snapshot_parts.h"

namespace syspulse {
namespace {

// Processor time by mode, in seconds; nothing where a mode was not measured.
using ModeTimes = std::array<std::optional<double>, kCpuModes>;

constexpr std::array<void (v1::CpuModes::*)(double), kCpuModes> kSetRatio = {
    &v1::CpuModes::set_user_ratio,    &v1::CpuModes::set_nice_ratio,
    &v1::CpuModes::set_system_ratio,  &v1::CpuModes::set_idle_ratio,
    &v1::CpuModes::set_iowait_ratio,  &v1::CpuModes::set_irq_ratio,
    &v1::CpuModes::set_softirq_ratio, &v1::CpuModes::set_steal_ratio};

// Returns the time that passed in each mode; nothing if the core's counters started again.
//
// A single mode may go down a little while all others grow: proc(5) says so of iowait, and idle
// follows it. That is not a restart, so it counts as no time in that mode.
std::optional<ModeTimes> TimesBetween(const Reading& reading, const Columns<kCpuModes>& columns,
                                      const Columns<kCpuModes>& earlier_columns) {
  ModeTimes times;
  double total = 0;
  for (std::size_t mode = 0; mode < kCpuModes; ++mode) {
    const auto now = ValueAt(*reading.frame, columns[mode]);
    const auto before = ValueAt(*reading.earlier, earlier_columns[mode]);
    if (!now || !before) continue;
    total += *now - *before;
    times[mode] = std::max(*now - *before, 0.0);
  }
  return total > 0 ? std::optional(times) : std::nullopt;
}

double Total(const ModeTimes& times) {
  double total = 0;
  for (const std::optional<double>& time : times) total += time.value_or(0);
  return total;
}

// Returns what of the time was spent on work. Guest time is within user time already.
std::optional<double> Utilization(const ModeTimes& times, double total) {
  if (!times[kCpuIdle]) return std::nullopt;
  const double waiting = *times[kCpuIdle] + times[kCpuIowait].value_or(0);
  return std::clamp(1 - waiting / total, 0.0, 1.0);
}

// Sets shares of time, and what of it was spent on work.
template <typename Message>
void SetRatios(const ModeTimes& times, Message* out) {
  const double total = Total(times);
  for (std::size_t mode = 0; mode < kCpuModes; ++mode) {
    if (times[mode]) (out->mutable_modes()->*kSetRatio[mode])(*times[mode] / total);
  }
  if (const auto ratio = Utilization(times, total)) out->set_utilization_ratio(*ratio);
}

void AddTimes(const ModeTimes& times, ModeTimes* sum) {
  for (std::size_t mode = 0; mode < kCpuModes; ++mode) {
    if (times[mode]) (*sum)[mode] = (*sum)[mode].value_or(0) + *times[mode];
  }
}

}  // namespace

void FillCpu(const Reading& reading, v1::Snapshot* out) {
  ModeTimes sum;
  bool measured = false;
  for (std::size_t i = 0; i < reading.plan->cores.size(); ++i) {
    const CorePlan& plan = reading.plan->cores[i];
    if (!AnyMeasured(*reading.frame, plan.columns)) continue;  // offline
    v1::CpuCore* core = out->mutable_cpu()->add_cores();
    core->set_core(plan.key);
    const auto* earlier = reading.Earlier(i, &SnapshotPlan::cores);
    if (earlier == nullptr) continue;
    if (const auto times = TimesBetween(reading, plan.columns, *earlier)) {
      SetRatios(*times, core);
      AddTimes(*times, &sum);
      measured = true;
    }
  }
  if (!out->has_cpu()) return;
  out->mutable_cpu()->set_core_count(out->cpu().cores_size());
  if (measured) SetRatios(sum, out->mutable_cpu());
}

CpuUse UseOfCpu(const Reading& reading) {
  CpuUse use;
  ModeTimes sum;
  bool measured = false;
  for (std::size_t i = 0; i < reading.plan->cores.size(); ++i) {
    const CorePlan& plan = reading.plan->cores[i];
    if (!AnyMeasured(*reading.frame, plan.columns)) continue;  // offline
    ++use.core_count;
    const auto* earlier = reading.Earlier(i, &SnapshotPlan::cores);
    if (earlier == nullptr) continue;
    if (const auto times = TimesBetween(reading, plan.columns, *earlier)) {
      AddTimes(*times, &sum);
      measured = true;
    }
  }
  if (measured) use.utilization_ratio = Utilization(sum, Total(sum));
  return use;
}

}  // namespace syspulse
