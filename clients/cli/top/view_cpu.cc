// Processors and memory: meters.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "clients/cli/command/fields.h"
#include "clients/cli/output/units.h"
#include "clients/cli/top/views.h"
#include "clients/cli/top/widgets.h"

namespace syspulse {
namespace {

constexpr int kWideCore = 24;    // columns of a comfortable core meter
constexpr int kNarrowCore = 15;  // of the least one
constexpr int kCoreGap = 2;

std::vector<Share> SharesOf(const v1::CpuModes& modes, double utilization) {
  if (!modes.has_user_ratio()) {
    return {{.ratio = utilization, .style = StyleOf(utilization)}};
  }
  const double user = modes.user_ratio() + modes.nice_ratio();
  return {{.ratio = user, .style = Style::kUser},
          {.ratio = std::max(utilization - user, 0.0), .style = Style::kSystem},
          {.ratio = modes.iowait_ratio(), .style = Style::kWait}};
}

std::string Whole(std::optional<double> ratio) {
  return ratio ? absl::StrFormat("%.0f%%", *ratio * 100) : "-";
}

std::string Bytes(std::optional<double> bytes) { return bytes ? HumanBytes(*bytes) : "-"; }

}  // namespace

int RowsOfCores(int cores, int width) {
  if (cores == 0) return 0;
  const int columns = std::max((width + kCoreGap) / (kWideCore + kCoreGap), 1);
  return (cores + columns - 1) / columns;
}

void DrawCores(Canvas* canvas, const Rect& rect, const v1::Cpu& cpu) {
  const int cores = cpu.cores_size();
  if (cores == 0 || rect.height < 1) return;
  // As few columns as it takes, so that meters are long.
  const int columns = (cores + rect.height - 1) / rect.height;
  const int width = (rect.width + kCoreGap) / columns - kCoreGap;
  if (width < kNarrowCore) {
    std::vector<double> ratios;
    for (const v1::CpuCore& core : cpu.cores()) ratios.push_back(core.utilization_ratio());
    DrawLevels(canvas, rect, ratios);
    return;
  }
  const int rows = (cores + columns - 1) / columns;
  const int digits = static_cast<int>(absl::StrFormat("%d", cores - 1).size());
  for (int i = 0; i < cores; ++i) {
    const v1::CpuCore& core = cpu.cores(i);
    const double utilization = core.utilization_ratio();
    DrawMeter(
        canvas, rect.x + i / rows * (width + kCoreGap), rect.y + i % rows, width,
        {.label = absl::StrFormat("%*d", digits, core.core()),
         .shares = SharesOf(core.modes(), utilization),
         .value = Whole(FIELD(core, utilization_ratio)),
         .value_style = StyleOf(utilization) == Style::kGood ? Style::kPlain : StyleOf(utilization),
         .value_width = 4});
  }
}

void DrawCpuMeter(Canvas* canvas, int x, int y, int width, const v1::Snapshot& snapshot) {
  const double utilization = snapshot.cpu().utilization_ratio();
  DrawMeter(canvas, x, y, width,
            {.label = "CPU",
             .shares = SharesOf(snapshot.cpu().modes(), utilization),
             .value = Whole(FIELD(snapshot.cpu(), utilization_ratio)),
             .value_style = StyleOf(utilization),
             .value_width = 4});
}

void DrawMemoryMeter(Canvas* canvas, int x, int y, int width, const v1::Snapshot& snapshot) {
  const v1::Memory& memory = snapshot.memory();
  const double used = memory.utilization_ratio();
  const Style style = StyleOf(used);
  const double total = static_cast<double>(std::max<std::int64_t>(memory.total_bytes(), 1));
  const double cached = static_cast<double>(memory.cached_bytes() + memory.buffers_bytes()) / total;
  // Cache that is counted as available is shown behind what is used, faint.
  const double free = static_cast<double>(memory.free_bytes()) / total;
  DrawMeter(
      canvas, x, y, width,
      {.label = "Mem",
       .shares = {{.ratio = used, .style = style == Style::kGood ? Style::kUser : style},
                  {.ratio = std::clamp(1 - used - free, 0.0, cached), .style = Style::kBorder}},
       .value = Bytes(FIELD(memory, used_bytes)) + "/" + Bytes(FIELD(memory, total_bytes)),
       .value_style = style == Style::kGood ? Style::kPlain : style,
       .value_width = 11});
}

void DrawSwapMeter(Canvas* canvas, int x, int y, int width, const v1::Snapshot& snapshot) {
  const v1::SwapSpace& swap = snapshot.swap();
  const Style style = StyleOf(swap.utilization_ratio());
  const bool none = swap.has_total_bytes() && swap.total_bytes() == 0;
  DrawMeter(canvas, x, y, width,
            {.label = "Swp",
             .shares = {{.ratio = swap.utilization_ratio(), .style = style}},
             .value = none ? "none"
                           : Bytes(FIELD(swap, used_bytes)) + "/" + Bytes(FIELD(swap, total_bytes)),
             .value_style = none                    ? Style::kFaint
                            : style == Style::kGood ? Style::kPlain
                                                    : style,
             .value_width = 11});
}

}  // namespace syspulse
