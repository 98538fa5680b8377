// What lies over the rest: help, and the choice of a host.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "clients/cli/command/fields.h"
#include "clients/cli/output/safe_text.h"
#include "clients/cli/output/units.h"
#include "clients/cli/top/views.h"
#include "clients/cli/top/widgets.h"

namespace syspulse {
namespace {

struct HelpLine {
  std::string_view keys;
  std::string_view text;
};

constexpr std::array kHelp = std::to_array<HelpLine>({
    {"P M T N", "sort by CPU, memory, time, pid"},
    {"I", "sort by bytes read; again: written"},
    {"r", "turn the order round"},
    {"t F5", "each process below its parent, or one list"},
    {"/ F4", "filter by command, user, container, unit or pid"},
    {"arrows, pages", "move; Home and End go to the ends"},
    {"c", "command lines or short names"},
    {"h", "another host"},
    {"space", "hold the picture, or go on"},
    {"? F1", "this help"},
    {"q F10", "quit"},
});

constexpr int kKeysWidth = 15;
constexpr int kHelpWidth = kKeysWidth + [] {
  std::size_t longest = 0;
  for (const HelpLine& line : kHelp) longest = std::max(longest, line.text.size());
  return static_cast<int>(longest);
}();

struct LegendLine {
  std::string_view text;
  Style style;
};

constexpr std::array kLegend = std::to_array<LegendLine>({
    {"programs", Style::kUser},
    {"kernel", Style::kSystem},
    {"waits for I/O", Style::kWait},
});

// Returns a box of that inner size in the middle of the canvas, or as much as there is.
Rect Middle(const Canvas& canvas, int width, int height) {
  const int w = std::min(width + 4, canvas.width());
  const int h = std::min(height + 2, canvas.height());
  return {.x = (canvas.width() - w) / 2, .y = (canvas.height() - h) / 2, .width = w, .height = h};
}

void DrawHelp(Canvas* canvas) {
  const Rect box = Middle(*canvas, kHelpWidth, static_cast<int>(kHelp.size()) + 2);
  canvas->Clear(box);
  const Rect inside = DrawBox(canvas, box, "Keys (any key closes)");
  int y = inside.y;
  for (const HelpLine& line : kHelp) {
    if (y >= inside.y + inside.height) return;
    canvas->Put(inside.x, y, line.keys, Style::kKey, inside.width);
    canvas->Put(inside.x + kKeysWidth, y, line.text, Style::kPlain, inside.width - kKeysWidth);
    ++y;
  }
  if (y + 1 >= inside.y + inside.height) return;
  int x = canvas->Put(inside.x, y + 1, "CPU bars", Style::kLabel, inside.width);
  x = inside.x + kKeysWidth;
  for (const LegendLine& line : kLegend) {
    x = canvas->Put(x, y + 1, canvas->ascii() ? "||" : "━━", line.style) + 1;
    x = canvas->Put(x, y + 1, line.text, Style::kPlain) + 2;
  }
}

Style StateStyle(v1::HostState state) {
  if (state == v1::HOST_STATE_ONLINE) return Style::kGood;
  return state == v1::HOST_STATE_OFFLINE ? Style::kCritical : Style::kWarning;
}

void DrawHosts(Canvas* canvas, const TopModel& model) {
  const auto& hosts = model.hosts();
  const int count = static_cast<int>(hosts.size());
  const Rect box = Middle(*canvas, 60, std::clamp(count, 1, std::max(canvas->height() - 4, 1)));
  canvas->Clear(box);
  const Rect inside = DrawBox(canvas, box, "Hosts (Enter chooses)");
  const int first = std::clamp(model.view().host_cursor - inside.height + 1, 0,
                               std::max(count - inside.height, 0));
  std::vector<const v1::Host*> known;
  for (const v1::Host& host : hosts) known.push_back(&host);
  const std::vector<std::string> labels = HostLabels(known);
  for (int i = 0; i < inside.height && first + i < count; ++i) {
    const auto at = static_cast<std::size_t>(first + i);
    const v1::Host& host = hosts[at];
    const Rect row = {.x = inside.x, .y = inside.y + i, .width = inside.width, .height = 1};
    canvas->Put(row.x, row.y, CutToWidth(SafeText(labels[at]), 24, canvas->ascii()), Style::kPlain,
                row.width);
    canvas->Put(row.x + 26, row.y, StateName(host.state()), StateStyle(host.state()),
                row.width - 26);
    canvas->Put(row.x + 35, row.y, SafeText(host.os_name()), Style::kFaint, row.width - 35);
    if (first + i == model.view().host_cursor) canvas->Restyle(row, Style::kSelected);
  }
  if (hosts.empty()) {
    canvas->Put(inside.x, inside.y, "none yet: start syspulse-agent on one", Style::kFaint,
                inside.width);
  }
}

}  // namespace

void DrawOverlay(Canvas* canvas, const TopModel& model) {
  if (model.view().mode == InputMode::kHelp) DrawHelp(canvas);
  if (model.view().mode == InputMode::kHosts) DrawHosts(canvas, model);
}

}  // namespace syspulse
