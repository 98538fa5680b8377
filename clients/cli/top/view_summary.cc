// What stands above the process list: panels, rows or lines, as there is room.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "clients/cli/command/fields.h"
#include "clients/cli/output/safe_text.h"
#include "clients/cli/output/units.h"
#include "clients/cli/top/views.h"
#include "clients/cli/top/widgets.h"

namespace syspulse {
namespace {

constexpr double kLeastRate = 10 * 1024;  // bytes per second at the top of a graph, at least

std::string Rate(std::optional<double> rate) { return rate ? HumanBytes(*rate) + "/s" : "-"; }

std::string Percent(std::optional<double> ratio) { return ratio ? HumanPercent(*ratio) : "-"; }

// A direction of bytes: its name, its rate now, its past.
struct Flow {
  std::string_view name;
  std::optional<double> rate;
  const std::deque<double>& past;
  GraphColor color;
};

Style FlowStyle(const Flow& flow) {
  return flow.color == GraphColor::kReceive ? Style::kReceive : Style::kTransmit;
}

// Draws `name 1.2M/s ▁▂▃` on one row.
void DrawFlow(Canvas* canvas, int x, int y, int width, const Flow& flow) {
  int next = canvas->Put(x, y, flow.name, Style::kLabel);
  next = canvas->Put(next + 1, y, PadToWidth(Rate(flow.rate), 7, true), FlowStyle(flow));
  const Rect graph = {.x = next + 1, .y = y, .width = x + width - next - 1, .height = 1};
  if (graph.width >= 3) {
    DrawGraph(canvas, graph, flow.past, NiceMax(flow.past, graph.width, kLeastRate), flow.color);
  }
}

// Draws a box with two flows, one above the other, each with a graph.
void DrawFlowBox(Canvas* canvas, const Rect& rect, std::string_view title, const Flow& first,
                 const Flow& second) {
  const Rect inside = DrawBox(canvas, rect, title);
  const int half = inside.height / 2;
  int y = inside.y;
  for (const Flow* flow : {&first, &second}) {
    const int text = 14;
    canvas->Put(inside.x, y, flow->name, Style::kLabel);
    canvas->Put(inside.x, y + (half > 1 ? 1 : 0),
                PadToWidth(Rate(flow->rate), half > 1 ? 0 : text - 1, true), FlowStyle(*flow));
    DrawGraph(canvas, {.x = inside.x + text, .y = y, .width = inside.width - text, .height = half},
              flow->past, NiceMax(flow->past, inside.width - text, kLeastRate), flow->color);
    y += half;
  }
}

// One thing worth knowing.
struct Fact {
  std::string_view name;
  std::string text;
  Style style = Style::kPlain;
};

// Returns the filesystem that has the least room left, for a fact.
Fact FullestFact(const v1::Snapshot& snapshot) {
  const v1::Filesystem* fullest = nullptr;
  for (const v1::Filesystem& filesystem : snapshot.filesystems()) {
    const bool fuller =
        fullest == nullptr || filesystem.utilization_ratio() > fullest->utilization_ratio();
    if (fuller) fullest = &filesystem;
  }
  if (fullest == nullptr) return {};
  const Style style = StyleOf(fullest->utilization_ratio());
  return {"Fullest",
          SafeText(fullest->mountpoint()) + " " + Percent(FIELD(*fullest, utilization_ratio)),
          style == Style::kGood ? Style::kPlain : style};
}

// Returns what is known, the most telling first.
std::vector<Fact> FactsOf(const v1::Snapshot& snapshot) {
  std::vector<Fact> facts;
  const v1::LoadAverage& load = snapshot.load();
  if (load.has_one_minute()) {
    facts.push_back({"Load",
                     absl::StrFormat("%.2f %.2f %.2f", load.one_minute(), load.five_minutes(),
                                     load.fifteen_minutes()),
                     Style::kStrong});
  }
  const v1::ProcessTotals& totals = snapshot.process_totals();
  if (snapshot.has_process_totals()) {
    facts.push_back({"Tasks", absl::StrFormat("%d, %d threads, %d running", totals.process_count(),
                                              totals.thread_count(), totals.running_count())});
  }
  if (snapshot.has_pressure()) {
    const v1::Pressure& pressure = snapshot.pressure();
    facts.push_back({"Stalls", absl::StrFormat("cpu %s mem %s io %s",
                                               Percent(FIELD(pressure.cpu(), some_ratio)),
                                               Percent(FIELD(pressure.memory(), some_ratio)),
                                               Percent(FIELD(pressure.io(), some_ratio)))});
  }
  if (Fact fullest = FullestFact(snapshot); !fullest.name.empty()) facts.push_back(fullest);
  if (totals.zombie_count() > 0) {
    facts.push_back({"Zombies", absl::StrFormat("%d", totals.zombie_count()), Style::kWarning});
  }
  return facts;
}

// Draws the facts below each other, as many as there is room for.
void DrawFactList(Canvas* canvas, const Rect& rect, const v1::Snapshot& snapshot) {
  int y = rect.y;
  for (const Fact& fact : FactsOf(snapshot)) {
    if (y >= rect.y + rect.height) return;
    canvas->Put(rect.x, y, fact.name, Style::kLabel);
    canvas->Put(rect.x + 9, y, CutToWidth(fact.text, rect.width - 9, canvas->ascii()), fact.style);
    ++y;
  }
}

void DrawCpuBox(Canvas* canvas, const Rect& rect, const TopModel& model) {
  const v1::Snapshot& snapshot = *model.snapshot();
  const v1::CpuModes& modes = snapshot.cpu().modes();
  const Rect inside = DrawBox(
      canvas, rect, absl::StrFormat("CPU %s", Percent(FIELD(snapshot.cpu(), utilization_ratio))));
  const std::string shares = absl::StrFormat(
      " user %s  system %s  iowait %s  steal %s ",
      HumanPercent(modes.user_ratio() + modes.nice_ratio()), Percent(FIELD(modes, system_ratio)),
      Percent(FIELD(modes, iowait_ratio)), Percent(FIELD(modes, steal_ratio)));
  canvas->PutRight(rect.x + rect.width - 2, rect.y, shares, Style::kFaint);
  const int graph = inside.width / 2 - 1;
  DrawGraph(canvas, {.x = inside.x, .y = inside.y, .width = graph, .height = inside.height},
            model.history().cpu, 1, GraphColor::kByShare);
  Rect right = {.x = inside.x + graph + 2,
                .y = inside.y,
                .width = inside.width - graph - 2,
                .height = inside.height};
  // What the cores leave free tells the load; else the lower edge does.
  const int cores = std::min(RowsOfCores(snapshot.cpu().cores_size(), right.width), right.height);
  const int left = right.height - cores - 1;
  if (left >= 3) {
    DrawFactList(canvas,
                 {.x = right.x, .y = right.y + cores + 1, .width = right.width, .height = left},
                 snapshot);
    right.height = cores;
  } else {
    DrawFacts(canvas, inside.x + 1, rect.y + rect.height - 1, inside.width - 2, snapshot);
  }
  DrawCores(canvas, right, snapshot.cpu());
}

void DrawMemoryBox(Canvas* canvas, const Rect& rect, const TopModel& model) {
  const v1::Snapshot& snapshot = *model.snapshot();
  const Rect inside =
      DrawBox(canvas, rect,
              absl::StrFormat("Memory %s", Percent(FIELD(snapshot.memory(), utilization_ratio))));
  DrawMemoryMeter(canvas, inside.x, inside.y, inside.width, snapshot);
  DrawSwapMeter(canvas, inside.x, inside.y + 1, inside.width, snapshot);
  DrawGraph(canvas,
            {.x = inside.x, .y = inside.y + 2, .width = inside.width, .height = inside.height - 2},
            model.history().memory, 1, GraphColor::kByShare);
}

}  // namespace

void DrawFacts(Canvas* canvas, int x, int y, int width, const v1::Snapshot& snapshot) {
  const int end = x + width;
  for (const Fact& fact : FactsOf(snapshot)) {
    if (x + DisplayWidth(fact.name) + 1 + DisplayWidth(fact.text) > end) continue;
    x = canvas->Put(x, y, fact.name, Style::kLabel) + 1;
    x = canvas->Put(x, y, fact.text, fact.style) + 3;
  }
}

void DrawPanels(Canvas* canvas, const Rect& rect, const TopModel& model) {
  const int lower = canvas->height() >= 45 ? 8 : 6;
  DrawCpuBox(canvas, {.x = rect.x, .y = rect.y, .width = rect.width, .height = rect.height - lower},
             model);
  const int third = rect.width / 3;
  const int y = rect.y + rect.height - lower;
  DrawMemoryBox(canvas, {.x = rect.x, .y = y, .width = third, .height = lower}, model);
  const DeviceRates rates = SumDevices(*model.snapshot());
  const History& past = model.history();
  DrawFlowBox(canvas, {.x = rect.x + third, .y = y, .width = third, .height = lower}, "Network",
              {"received", rates.receive, past.receive, GraphColor::kReceive},
              {"sent", rates.transmit, past.transmit, GraphColor::kTransmit});
  DrawFlowBox(canvas,
              {.x = rect.x + 2 * third, .y = y, .width = rect.width - 2 * third, .height = lower},
              "Disks", {"read", rates.disk_read, past.disk_read, GraphColor::kReceive},
              {"written", rates.disk_write, past.disk_write, GraphColor::kTransmit});
}

void DrawRows(Canvas* canvas, const Rect& rect, const TopModel& model) {
  const v1::Snapshot& snapshot = *model.snapshot();
  const int half = (rect.width - 2) / 2;
  const int second = rect.x + half + 2;
  const int rest = rect.width - half - 2;
  int y = rect.y;
  DrawCpuMeter(canvas, rect.x, y, half, snapshot);
  DrawGraph(canvas, {.x = second, .y = y, .width = rest, .height = 1}, model.history().cpu, 1,
            GraphColor::kByShare);
  ++y;
  const int cores = rect.height - 4;
  DrawCores(canvas, {.x = rect.x, .y = y, .width = rect.width, .height = cores}, snapshot.cpu());
  y += cores;
  DrawMemoryMeter(canvas, rect.x, y, half, snapshot);
  DrawSwapMeter(canvas, second, y, rest, snapshot);
  ++y;
  const DeviceRates rates = SumDevices(snapshot);
  const History& past = model.history();
  const int quarter = (half - 1) / 2;
  DrawFlow(canvas, rect.x, y, quarter, {"Rx", rates.receive, past.receive, GraphColor::kReceive});
  DrawFlow(canvas, rect.x + quarter + 1, y, half - quarter - 1,
           {"Tx", rates.transmit, past.transmit, GraphColor::kTransmit});
  DrawFlow(canvas, second, y, quarter,
           {"Rd", rates.disk_read, past.disk_read, GraphColor::kReceive});
  DrawFlow(canvas, second + quarter + 1, y, rest - quarter - 1,
           {"Wr", rates.disk_write, past.disk_write, GraphColor::kTransmit});
  ++y;
  DrawFacts(canvas, rect.x, y, rect.width, snapshot);
}

void DrawLines(Canvas* canvas, const Rect& rect, const TopModel& model) {
  const v1::Snapshot& snapshot = *model.snapshot();
  const int half = (rect.width - 2) / 2;
  const int second = rect.x + half + 2;
  const int rest = rect.width - half - 2;
  DrawCpuMeter(canvas, rect.x, rect.y, half, snapshot);
  DrawMemoryMeter(canvas, second, rect.y, rest, snapshot);
  if (rect.height < 3) return;
  const DeviceRates rates = SumDevices(snapshot);
  const History& past = model.history();
  DrawFlow(canvas, rect.x, rect.y + 1, half,
           {"Rx", rates.receive, past.receive, GraphColor::kReceive});
  DrawFlow(canvas, second, rect.y + 1, rest,
           {"Wr", rates.disk_write, past.disk_write, GraphColor::kTransmit});
  DrawFacts(canvas, rect.x, rect.y + 2, rect.width, snapshot);
}

}  // namespace syspulse
