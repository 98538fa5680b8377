// Load, memory, swap, pressure and uptime: the parts that are made of metrics without labels.
#include <algorithm>
#include <optional>

#include "services/api/snapshot_parts.h"

namespace syspulse {
namespace {

// The kernel counts swapped pages. Their size on the host is not known here, and the service's own
// says nothing about it; 4 KiB is right but for some arm64 and POWER kernels.
constexpr double kPageBytes = 4096;

template <typename Message>
struct BytesField {
  ScalarMetric metric;
  void (Message::*set)(std::int64_t);
};

constexpr BytesField<v1::Memory> kMemoryFields[] = {
    {kMemoryTotal, &v1::Memory::set_total_bytes},
    {kMemoryAvailable, &v1::Memory::set_available_bytes},
    {kMemoryFree, &v1::Memory::set_free_bytes},
    {kMemoryBuffers, &v1::Memory::set_buffers_bytes},
    {kMemoryCached, &v1::Memory::set_cached_bytes},
    {kMemorySlabReclaimable, &v1::Memory::set_slab_reclaimable_bytes},
    {kMemoryShared, &v1::Memory::set_shared_bytes},
    {kMemoryDirty, &v1::Memory::set_dirty_bytes}};

// What is used of a total, and which share of it that is.
struct Used {
  double bytes;
  std::optional<double> ratio;
};

std::optional<Used> UsedOf(std::optional<double> total, std::optional<double> unused) {
  if (!total || !unused) return std::nullopt;
  Used used{.bytes = std::max(*total - *unused, 0.0)};
  if (*total > 0) used.ratio = std::min(used.bytes / *total, 1.0);
  return used;
}

template <typename Message>
void SetUsed(std::optional<double> total, std::optional<double> unused, Message* out) {
  const std::optional<Used> used = UsedOf(total, unused);
  if (!used) return;
  out->set_used_bytes(ToInt64(used->bytes));
  if (used->ratio) out->set_utilization_ratio(*used->ratio);
}

// Rounding makes a stall look a little longer than the time it took.
std::optional<double> Stall(const Reading& reading, ScalarMetric metric) {
  const std::optional<double> rate = reading.Rate(metric);
  return rate ? std::optional(std::min(*rate, 1.0)) : std::nullopt;
}

void SetStall(const Reading& reading, ScalarMetric some, std::optional<ScalarMetric> full,
              v1::PressureStall* out) {
  if (const auto ratio = Stall(reading, some)) out->set_some_ratio(*ratio);
  if (!full) return;
  if (const auto ratio = Stall(reading, *full)) out->set_full_ratio(*ratio);
}

}  // namespace

void FillLoad(const Reading& reading, v1::Snapshot* out) {
  if (const auto load = reading.Value(kLoad1)) out->mutable_load()->set_one_minute(*load);
  if (const auto load = reading.Value(kLoad5)) out->mutable_load()->set_five_minutes(*load);
  if (const auto load = reading.Value(kLoad15)) out->mutable_load()->set_fifteen_minutes(*load);
}

void FillMemory(const Reading& reading, v1::Snapshot* out) {
  for (const auto& [metric, set] : kMemoryFields) {
    if (const auto bytes = reading.Value(metric)) (out->mutable_memory()->*set)(ToInt64(*bytes));
  }
  if (out->has_memory()) {
    SetUsed(reading.Value(kMemoryTotal), reading.Value(kMemoryAvailable), out->mutable_memory());
  }
}

void FillSwap(const Reading& reading, v1::Snapshot* out) {
  const auto total = reading.Value(kSwapTotal);
  const auto free = reading.Value(kSwapFree);
  if (total) out->mutable_swap()->set_total_bytes(ToInt64(*total));
  if (free) out->mutable_swap()->set_free_bytes(ToInt64(*free));
  if (total && free) SetUsed(total, free, out->mutable_swap());
  if (const auto pages = reading.Rate(kSwapInPages)) {
    out->mutable_swap()->set_in_bytes_per_second(*pages * kPageBytes);
  }
  if (const auto pages = reading.Rate(kSwapOutPages)) {
    out->mutable_swap()->set_out_bytes_per_second(*pages * kPageBytes);
  }
}

void FillPressure(const Reading& reading, v1::Snapshot* out) {
  if (reading.Value(kPressureCpuWaiting)) {
    SetStall(reading, kPressureCpuWaiting, std::nullopt, out->mutable_pressure()->mutable_cpu());
  }
  if (reading.Value(kPressureMemoryWaiting)) {
    SetStall(reading, kPressureMemoryWaiting, kPressureMemoryStalled,
             out->mutable_pressure()->mutable_memory());
  }
  if (reading.Value(kPressureIoWaiting)) {
    SetStall(reading, kPressureIoWaiting, kPressureIoStalled,
             out->mutable_pressure()->mutable_io());
  }
}

void FillUptime(const Reading& reading, v1::Snapshot* out) {
  const auto now = reading.Value(kTime);
  const auto boot = reading.Value(kBootTime);
  if (now && boot && *now >= *boot) out->set_uptime_seconds(*now - *boot);
}

std::optional<double> MemoryUtilization(const Reading& reading) {
  const auto used = UsedOf(reading.Value(kMemoryTotal), reading.Value(kMemoryAvailable));
  return used ? used->ratio : std::nullopt;
}

std::optional<double> GreatestPressure(const Reading& reading) {
  std::optional<double> greatest;
  for (const ScalarMetric metric :
       {kPressureCpuWaiting, kPressureMemoryWaiting, kPressureIoWaiting}) {
    const std::optional<double> ratio = Stall(reading, metric);
    if (ratio && (!greatest || *ratio > *greatest)) greatest = ratio;
  }
  return greatest;
}

}  // namespace syspulse
