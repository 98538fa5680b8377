#include "clients/cli/top/render.h"

#include <algorithm>

#include "clients/cli/output/safe_text.h"
#include "clients/cli/top/views.h"

namespace syspulse {
namespace {

constexpr int kPanelWidth = 100;
constexpr int kPanelHeight = 30;
constexpr int kRowsWidth = 60;
constexpr int kRowsHeight = 14;

int CoreCount(const TopModel& model) {
  return model.snapshot() ? model.snapshot()->cpu().cores_size() : 0;
}

// Returns how many rows stand above the process list, the header not counted.
int TopRows(const TopModel& model, int width, int height) {
  if (width >= kPanelWidth && height >= kPanelHeight) {
    // A box of graph and cores, and one of three panels.
    const int cores = RowsOfCores(CoreCount(model), (width - 4) / 2);
    return std::clamp(cores, height >= 45 ? 8 : 5, height / 4) + 2 + (height >= 45 ? 8 : 6);
  }
  if (width >= kRowsWidth && height >= kRowsHeight) {
    // The processor with its history, cores, memory, rates, facts.
    return 4 + std::clamp(RowsOfCores(CoreCount(model), width), 0, std::max(height / 4, 1));
  }
  return height >= 10 ? 3 : 1;
}

void DrawMessage(Canvas* canvas, const Rect& rect, const TopModel& model) {
  std::string text = "waiting for the first values";
  if (model.hosts_known() && model.hosts().empty()) {
    text = "no host yet: start syspulse-agent on one";
  } else if (model.hosts_known() && model.host() == nullptr && !model.view().host.empty()) {
    text = "there is no host '" + SafeText(model.view().host) + "' yet; h shows those there are";
  }
  text = CutToWidth(text, rect.width, canvas->ascii());
  canvas->Put(rect.x + (rect.width - DisplayWidth(text)) / 2, rect.y + rect.height / 2, text,
              Style::kFaint);
}

}  // namespace

int PageSize(const TopModel& model, int width, int height) {
  // Header, footer, heading of the list.
  return std::max(height - 3 - TopRows(model, width, height), 1);
}

Canvas Render(const TopModel& model, int width, int height, const RenderContext& context) {
  Canvas canvas(width, height, context.ascii);
  DrawHeader(&canvas, model, context);
  const int rows = std::min(TopRows(model, width, height), std::max(height - 3, 0));
  const Rect top = {.y = 1, .width = width, .height = rows};
  const Rect list = {.y = 1 + rows, .width = width, .height = height - 2 - rows};
  if (!model.snapshot()) {
    DrawMessage(&canvas, {.y = 1, .width = width, .height = height - 2}, model);
  } else {
    if (width >= kPanelWidth && height >= kPanelHeight) {
      DrawPanels(&canvas, top, model);
    } else if (width >= kRowsWidth && height >= kRowsHeight) {
      DrawRows(&canvas, top, model);
    } else {
      DrawLines(&canvas, top, model);
    }
    DrawProcesses(&canvas, list, model);
  }
  DrawFooter(&canvas, model);
  DrawOverlay(&canvas, model);
  return canvas;
}

}  // namespace syspulse
