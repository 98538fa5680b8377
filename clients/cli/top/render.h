// Draws the model: where everything stands at every size of terminal.
//
// Three arrangements: panels with graphs where there is room (from 100×30), rows down to 60×14, and
// below that the least that helps. All pure; the files view_*.cc draw one part each.
#ifndef CLIENTS_CLI_TOP_RENDER_H_
#define CLIENTS_CLI_TOP_RENDER_H_

#include "absl/time/time.h"
#include "clients/cli/top/canvas.h"
#include "clients/cli/top/fleet_model.h"
#include "clients/cli/top/model.h"

namespace syspulse {

// What drawing depends on besides the model.
struct RenderContext {
  absl::Duration now;  // Clock::Monotonic
  absl::Time wall;     // Clock::Now
  bool ascii = false;  // the terminal shows no more than ASCII
};

// Returns the screen.
Canvas Render(const TopModel& model, int width, int height, const RenderContext& context);

Canvas Render(const FleetModel& model, int width, int height, const RenderContext& context);

// Returns how many processes a screen of that height shows at most; what a page is.
int PageSize(const TopModel& model, int width, int height);

// Returns how many hosts it shows at most.
int PageSize(const FleetModel& model, int height);

}  // namespace syspulse

#endif  // CLIENTS_CLI_TOP_RENDER_H_
