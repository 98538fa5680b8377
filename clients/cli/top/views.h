// The parts of the screen.
#ifndef CLIENTS_CLI_TOP_VIEWS_H_
#define CLIENTS_CLI_TOP_VIEWS_H_

#include <string_view>

#include "clients/cli/top/canvas.h"
#include "clients/cli/top/model.h"
#include "clients/cli/top/render.h"

namespace syspulse {

// The first row: host, system, uptime, and how fresh all this is.
void DrawHeader(Canvas* canvas, const TopModel& model, const RenderContext& context);

// The last row: keys, or the filter that is being written.
void DrawFooter(Canvas* canvas, const TopModel& model);

// The last row while the user writes: the end of what is written, and a hint behind it.
void DrawWriting(Canvas* canvas, std::string_view label, std::string_view written,
                 std::string_view hint);

// A meter for every core in as many columns as needed; levels where meters have no room.
void DrawCores(Canvas* canvas, const Rect& rect, const v1::Cpu& cpu);

// Returns the rows that DrawCores would like for that many cores at that width.
int RowsOfCores(int cores, int width);

// Processor, memory and rates as panels with graphs; as rows; as two lines.
void DrawPanels(Canvas* canvas, const Rect& rect, const TopModel& model);
void DrawRows(Canvas* canvas, const Rect& rect, const TopModel& model);
void DrawLines(Canvas* canvas, const Rect& rect, const TopModel& model);

// The meters that all of them share.
void DrawMemoryMeter(Canvas* canvas, int x, int y, int width, const v1::Snapshot& snapshot);
void DrawSwapMeter(Canvas* canvas, int x, int y, int width, const v1::Snapshot& snapshot);
void DrawCpuMeter(Canvas* canvas, int x, int y, int width, const v1::Snapshot& snapshot);

// `Load 0.10 0.20 0.30   Tasks 123, 456 threads, 2 running   Pressure cpu 0.0% …`, as far as it
// fits.
void DrawFacts(Canvas* canvas, int x, int y, int width, const v1::Snapshot& snapshot);

// The process list with its heading.
void DrawProcesses(Canvas* canvas, const Rect& rect, const TopModel& model);

// What lies over all: help, the choice of a host.
void DrawOverlay(Canvas* canvas, const TopModel& model);

}  // namespace syspulse

#endif  // CLIENTS_CLI_TOP_VIEWS_H_
