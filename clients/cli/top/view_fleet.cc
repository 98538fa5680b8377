// All hosts on one screen: a row for each, and below them the processes that use most.
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "clients/cli/command/fields.h"
#include "clients/cli/output/safe_text.h"
#include "clients/cli/output/units.h"
#include "clients/cli/top/render.h"
#include "clients/cli/top/views.h"
#include "clients/cli/top/widgets.h"

namespace syspulse {
namespace {

constexpr int kFrameRows = 4;     // header, two headings, footer
constexpr int kWideScreen = 110;  // columns from which on shares have bars
constexpr int kRefusalRows = 4;   // of a narrow screen, for a sentence
constexpr int kHostsShare = 60;   // percent of the rows, where there are so many hosts

struct FleetColumn {
  std::string_view title;
  int width;
  FleetOrder order;
};

// Returns the columns behind the host's name.
std::array<FleetColumn, 4> ShareColumns(int width) {
  const int share = width >= kWideScreen ? 18 : 7;
  return {{{"CPU", share, FleetOrder::kCpu},
           {"MEM", share, FleetOrder::kMemory},
           {"LOAD", share, FleetOrder::kLoad},
           {"DISK", share, FleetOrder::kDisk}}};
}

constexpr int kStateWidth = 8;

int NameWidth(int width) { return width >= kWideScreen ? 28 : std::clamp(width - 40, 8, 28); }

int HostRows(const FleetModel& model, int height) {
  const int count = model.hosts()             ? model.hosts()->hosts_size()
                    : model.refusal().empty() ? 0
                                              : kRefusalRows;
  const int rows = std::max(height - kFrameRows, 1);
  return std::clamp(count, 1, std::max(rows * kHostsShare / 100, 1));
}

std::pair<std::string, Style> FleetFreshness(const FleetModel& model, absl::Duration now) {
  const Connection& connection = model.connection();
  switch (connection.kind) {
    case Connection::Kind::kConnecting:
      return {"connecting", Style::kWarning};
    case Connection::Kind::kLost:
      return {"reconnecting for " + HumanDuration(absl::ToDoubleSeconds(now - connection.since)),
              Style::kCritical};
    case Connection::Kind::kRefused:
      return {"refused", Style::kCritical};
    case Connection::Kind::kLive:
      break;
  }
  return {"live", Style::kGood};
}

std::string CountsText(const v1::HostList& list) {
  std::string text = absl::StrFormat("%d online", list.online_count());
  if (list.stale_count() > 0) text += absl::StrFormat(", %d stale", list.stale_count());
  if (list.offline_count() > 0) text += absl::StrFormat(", %d offline", list.offline_count());
  if (list.hosts_size() < list.matched_count()) {
    text += absl::StrFormat(", the first %d here", list.hosts_size());
  }
  return text;
}

void DrawFleetHeader(Canvas* canvas, const FleetModel& model, const RenderContext& context) {
  auto [state, style] = FleetFreshness(model, context.now);
  state = (canvas->ascii() ? "* " : "● ") + state;
  const int limit = canvas->PutRight(canvas->width() - 1, 0, state, style) - 2;
  const int count = model.hosts() ? model.hosts()->matched_count() : 0;
  const std::string title =
      model.hosts() ? absl::StrFormat(" %d host%s ", count, count == 1 ? "" : "s") : " hosts ";
  const int next =
      canvas->Put(0, 0, CutToWidth(title, std::max(limit, 1), canvas->ascii()), Style::kSelected);
  const bool trouble = !model.connection().reason.empty();
  std::string rest = trouble ? model.connection().reason : "";
  if (!trouble && model.hosts()) rest = CountsText(*model.hosts());
  if (!trouble && !model.view().filter.empty()) rest += "  " + SafeText(model.view().filter);
  if (limit - next > 4) {
    canvas->Put(next + 1, 0, CutToWidth(rest, limit - next - 1, canvas->ascii()),
                trouble ? Style::kWarning : Style::kFaint);
  }
}

void DrawHostHeading(Canvas* canvas, const Rect& row, const FleetView& view) {
  canvas->Clear(row, Style::kHeading);
  const auto put = [&](int x, std::string_view title, int width, FleetOrder order, bool right) {
    const bool sorted = view.order == order;
    canvas->Put(x, row.y, PadToWidth(title, width, right),
                sorted ? Style::kSorted : Style::kHeading);
  };
  put(row.x, "STATE", kStateWidth, FleetOrder::kState, false);
  const int name = NameWidth(row.width);
  put(row.x + kStateWidth + 1, "HOST", name, FleetOrder::kName, false);
  int x = row.x + kStateWidth + name + 2;
  for (const FleetColumn& column : ShareColumns(row.width)) {
    put(x, column.title, column.width, column.order, true);
    x += column.width + 1;
  }
  canvas->Put(x + 1, row.y, "LABELS", Style::kHeading, std::max(row.x + row.width - x - 1, 0));
}

void DrawShare(Canvas* canvas, int x, int y, int width, std::optional<double> ratio,
               const std::string& text) {
  if (!ratio) {
    canvas->PutRight(x + width, y, "-", Style::kFaint);
    return;
  }
  if (width < 12) {
    canvas->PutRight(x + width, y, text, StyleOf(*ratio));
    return;
  }
  DrawMeter(canvas, x, y, width,
            {.label = "",
             .shares = {{.ratio = *ratio, .style = StyleOf(*ratio)}},
             .value = text,
             .value_style = StyleOf(*ratio),
             .value_width = 6});
}

std::string PercentText(std::optional<double> ratio) {
  return ratio ? absl::StrFormat("%.1f%%", *ratio * 100) : "-";
}

std::string LabelsText(const v1::Host& host) {
  std::string text;
  for (const auto& [key, value] :
       std::map<std::string, std::string>(host.labels().begin(), host.labels().end())) {
    text += (text.empty() ? "" : " ") + key + "=" + value;
  }
  return SafeText(text);
}

void DrawHost(Canvas* canvas, const Rect& row, const v1::Host& host, const std::string& label) {
  const bool ascii = canvas->ascii();
  const Style style = host.state() == v1::HOST_STATE_ONLINE    ? Style::kGood
                      : host.state() == v1::HOST_STATE_OFFLINE ? Style::kCritical
                                                               : Style::kWarning;
  canvas->Put(row.x, row.y, StateName(host.state()), style, kStateWidth);
  const int name = NameWidth(row.width);
  canvas->Put(row.x + kStateWidth + 1, row.y, CutToWidth(SafeText(label), name, ascii),
              Style::kStrong);
  const v1::HostSummary& summary = host.summary();
  const std::optional<double> load = FIELD(summary, load_one_minute);
  const std::array shares = std::to_array<std::pair<std::optional<double>, std::string>>(
      {{FIELD(summary, cpu_utilization_ratio), PercentText(FIELD(summary, cpu_utilization_ratio))},
       {FIELD(summary, memory_utilization_ratio),
        PercentText(FIELD(summary, memory_utilization_ratio))},
       {FIELD(summary, load_per_core_ratio), load ? absl::StrFormat("%.2f", *load) : "-"},
       {FIELD(summary, filesystem_utilization_ratio),
        PercentText(FIELD(summary, filesystem_utilization_ratio))}});
  const auto columns = ShareColumns(row.width);
  int x = row.x + kStateWidth + name + 2;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    DrawShare(canvas, x, row.y, columns[i].width, shares[i].first, shares[i].second);
    x += columns[i].width + 1;
  }
  const int rest = row.x + row.width - x - 1;
  if (rest > 3) canvas->Put(x + 1, row.y, CutToWidth(LabelsText(host), rest, ascii), Style::kFaint);
}

void DrawHostList(Canvas* canvas, const Rect& rect, const FleetModel& model) {
  DrawHostHeading(canvas, {.x = rect.x, .y = rect.y, .width = rect.width, .height = 1},
                  model.view());
  const int rows = rect.height - 1;
  const int count = model.hosts() ? model.hosts()->hosts_size() : 0;
  const int first = std::clamp(model.view().cursor - rows + 1, 0, std::max(count - rows, 0));
  std::vector<const v1::Host*> hosts;
  for (int i = 0; i < count; ++i) hosts.push_back(&model.hosts()->hosts(i));
  const std::vector<std::string> labels = HostLabels(hosts);
  for (int i = 0; i < rows && first + i < count; ++i) {
    const Rect row = {.x = rect.x, .y = rect.y + 1 + i, .width = rect.width, .height = 1};
    const auto at = static_cast<std::size_t>(first + i);
    DrawHost(canvas, row, *hosts[at], labels[at]);
    if (first + i == model.view().cursor) canvas->Restyle(row, Style::kSelected);
  }
  if (count > 0) return;
  if (!model.refusal().empty()) {
    PutWrapped(canvas, {.x = rect.x + 2, .y = rect.y + 1, .width = rect.width - 2, .height = rows},
               model.refusal(), Style::kWarning);
    return;
  }
  const std::string none = !model.hosts() ? "waiting for the first values"
                           : model.view().filter.empty()
                               ? "no host yet: start syspulse-agent on one"
                               : "no host is such";
  canvas->Put(rect.x + 2, rect.y + 1, none, Style::kFaint, rect.width - 2);
}

void DrawFleetProcess(Canvas* canvas, const Rect& row, const v1::Process& process) {
  const int name = NameWidth(row.width);
  const auto rate = [](std::optional<double> bytes) { return bytes ? HumanBytes(*bytes) : "-"; };
  const bool ascii = canvas->ascii();
  int x = row.x;
  const auto put = [&](const std::string& text, int width, bool right, Style style) {
    canvas->Put(x, row.y, PadToWidth(CutToWidth(text, width, ascii), width, right), style,
                std::max(row.x + row.width - x, 0));
    x += width + 1;
  };
  std::string cpu = "-";
  if (process.has_cpu_utilization_ratio()) {
    cpu = absl::StrFormat("%.1f", process.cpu_utilization_ratio() * 100);
  }
  put(SafeText(process.hostname()), name, false, Style::kStrong);
  put(absl::StrFormat("%d", process.pid()), 7, true, Style::kPlain);
  put(SafeText(process.user()), 9, false, Style::kFaint);
  put(cpu, 6, true, Style::kPlain);
  put(HumanBytes(static_cast<double>(process.resident_bytes())), 5, true, Style::kPlain);
  put(rate(FIELD(process, read_bytes_per_second)), 7, true, Style::kFaint);
  put(rate(FIELD(process, write_bytes_per_second)), 7, true, Style::kFaint);
  put(SafeText(CommandOf(process)), std::max(row.x + row.width - x, 0), false, Style::kPlain);
}

void DrawFleetProcesses(Canvas* canvas, const Rect& rect, const FleetModel& model) {
  if (rect.height < 1) return;
  canvas->Clear({.x = rect.x, .y = rect.y, .width = rect.width, .height = 1}, Style::kHeading);
  const std::string heading = PadToWidth("HOST", NameWidth(rect.width), false) +
                              "     PID USER        CPU%   RES  READ/s WRITE/s COMMAND LINE";
  canvas->Put(rect.x, rect.y, heading, Style::kHeading, rect.width);
  const int count = model.processes() ? model.processes()->processes_size() : 0;
  for (int i = 0; i + 1 < rect.height && i < count; ++i) {
    DrawFleetProcess(canvas, {.x = rect.x, .y = rect.y + 1 + i, .width = rect.width, .height = 1},
                     model.processes()->processes(i));
  }
}

constexpr std::array kFleetKeys =
    std::to_array<std::pair<std::string_view, std::string_view>>({{"Enter", "Open"},
                                                                  {"q", "Quit"},
                                                                  {"/", "Filter"},
                                                                  {"P", "CPU"},
                                                                  {"M", "Memory"},
                                                                  {"T", "Load"},
                                                                  {"I", "Disk, I/O"},
                                                                  {"N", "Name"},
                                                                  {"S", "State"},
                                                                  {"r", "Reverse"},
                                                                  {"?", "Help"}});

void DrawFleetFooter(Canvas* canvas, const FleetView& view) {
  const int y = canvas->height() - 1;
  if (view.mode == InputMode::kFilter) {
    DrawWriting(canvas, "Hosts: ", view.writing, "a name, or env=\"prod\",cpu.utilization>80%");
    return;
  }
  int x = 0;
  for (const auto& [key, text] : kFleetKeys) {
    if (x + static_cast<int>(key.size() + text.size()) + 3 > canvas->width()) break;
    x = canvas->Put(x, y, key, Style::kKey);
    x = canvas->Put(x + 1, y, text, Style::kHint) + 2;
  }
}

constexpr std::array kFleetHelp = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"Enter", "that host by itself; Esc comes back"},
     {"P M T", "hosts by CPU, memory, load"},
     {"I", "hosts by their fullest disk, processes by I/O"},
     {"N S", "hosts by name, by state"},
     {"r", "turn the order round"},
     {"/ F4", "a name, or labels and quantities"},
     {"arrows, pages", "move; Home and End go to the ends"},
     {"q F10", "quit"}});

void DrawFleetHelp(Canvas* canvas) {
  const int width = std::min(66, canvas->width());
  const int height = std::min(static_cast<int>(kFleetHelp.size()) + 2, canvas->height());
  const Rect box = {.x = (canvas->width() - width) / 2,
                    .y = (canvas->height() - height) / 2,
                    .width = width,
                    .height = height};
  canvas->Clear(box);
  const Rect inside = DrawBox(canvas, box, "Keys (any key closes)");
  for (int i = 0; i < inside.height && i < static_cast<int>(kFleetHelp.size()); ++i) {
    const auto& [keys, text] = kFleetHelp[static_cast<std::size_t>(i)];
    canvas->Put(inside.x, inside.y + i, keys, Style::kKey, inside.width);
    canvas->Put(inside.x + 15, inside.y + i, text, Style::kPlain, inside.width - 15);
  }
}

}  // namespace

int PageSize(const FleetModel& model, int height) { return HostRows(model, height); }

Canvas Render(const FleetModel& model, int width, int height, const RenderContext& context) {
  Canvas canvas(width, height, context.ascii);
  DrawFleetHeader(&canvas, model, context);
  const int rows = std::min(HostRows(model, height) + 1, std::max(height - 2, 0));
  if (rows > 1) DrawHostList(&canvas, {.y = 1, .width = width, .height = rows}, model);
  DrawFleetProcesses(&canvas, {.y = 1 + rows, .width = width, .height = height - 2 - rows}, model);
  if (height > 1) DrawFleetFooter(&canvas, model.view());
  if (model.view().mode == InputMode::kHelp) DrawFleetHelp(&canvas);
  return canvas;
}

}  // namespace syspulse
