#include "services/collect/kernel/pressure_collector.h"

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr Family Counter(std::string_view name, std::string_view help) {
  return {name, MetricType::kCounter, "seconds", help};
}

constexpr Family kCpuWaiting =
    Counter("node_pressure_cpu_waiting_seconds_total",
            "Total time in seconds that processes have waited for CPU time");
constexpr Family kIoWaiting =
    Counter("node_pressure_io_waiting_seconds_total",
            "Total time in seconds that processes have waited due to IO congestion");
constexpr Family kIoStalled =
    Counter("node_pressure_io_stalled_seconds_total",
            "Total time in seconds no process could make progress due to IO congestion");
constexpr Family kMemoryWaiting =
    Counter("node_pressure_memory_waiting_seconds_total",
            "Total time in seconds that processes have waited for memory");
constexpr Family kMemoryStalled =
    Counter("node_pressure_memory_stalled_seconds_total",
            "Total time in seconds no process could make progress due to memory congestion");
constexpr Family kIrqStalled =
    Counter("node_pressure_irq_stalled_seconds_total",
            "Total time in seconds no process could make progress due to IRQ congestion");

absl::StatusOr<PressureTotals> ReadPressure(ProcFile* file) {
  ASSIGN_OR_RETURN(const std::string_view text, file->Read());
  return ParsePressure(text, file->path());
}

void AddIfMeasured(const Family& family, const std::optional<std::uint64_t>& microseconds,
                   MetricWriter* writer) {
  if (microseconds) writer->Add(family, static_cast<double>(*microseconds) / 1e6);
}

}  // namespace

absl::StatusOr<PressureTotals> ParsePressure(std::string_view pressure, std::string_view file) {
  RETURN_IF_ERROR(CheckWholeLines(pressure, file));
  PressureTotals totals;
  while (!pressure.empty()) {
    const std::string_view whole = TakeUntil(&pressure, '\n');
    std::string_view line = whole;
    const std::string_view kind = TakeField(&line);
    std::optional<std::uint64_t> total;
    for (std::string_view field = TakeField(&line); !field.empty(); field = TakeField(&line)) {
      if (TakeUntil(&field, '=') == "total") total = ParseNumber<std::uint64_t>(field);
    }
    if (!total || (kind != "some" && kind != "full")) return BadLine(file, whole);
    (kind == "some" ? totals.some_microseconds : totals.full_microseconds) = total;
  }
  return totals;
}

absl::Status PressureCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const PressureTotals cpu, ReadPressure(&cpu_));
  ASSIGN_OR_RETURN(const PressureTotals io, ReadPressure(&io_));
  ASSIGN_OR_RETURN(const PressureTotals memory, ReadPressure(&memory_));
  const absl::StatusOr<PressureTotals> irq = ReadPressure(&irq_);
  if (!irq.ok() && !absl::IsNotFound(irq.status()) && !absl::IsFailedPrecondition(irq.status())) {
    return irq.status();
  }
  AddIfMeasured(kCpuWaiting, cpu.some_microseconds, writer);
  AddIfMeasured(kIoWaiting, io.some_microseconds, writer);
  AddIfMeasured(kIoStalled, io.full_microseconds, writer);
  AddIfMeasured(kMemoryWaiting, memory.some_microseconds, writer);
  AddIfMeasured(kMemoryStalled, memory.full_microseconds, writer);
  if (irq.ok()) AddIfMeasured(kIrqStalled, irq->full_microseconds, writer);
  return absl::OkStatus();
}

}  // namespace syspulse
