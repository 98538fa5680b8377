// What `top` is drawn with: meters, graphs over time, boxes. They know numbers and a canvas, and
// nothing of hosts.
#ifndef CLIENTS_CLI_TOP_WIDGETS_H_
#define CLIENTS_CLI_TOP_WIDGETS_H_

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/top/canvas.h"

namespace syspulse {

// One part of a meter, from its left end on.
struct Share {
  double ratio = 0;  // 0 to 1; others are cut to that
  Style style = Style::kGood;
};

struct Meter {
  std::string label;  // before the bar
  std::vector<Share> shares;
  std::string value;  // behind the bar
  Style value_style = Style::kPlain;
  int label_width = 0;  // at least; so that meters below each other begin at the same column
  int value_width = 0;
};

// Draws `label ━━━━━━╸─────  value` on one row. Without room the bar goes first.
void DrawMeter(Canvas* canvas, int x, int y, int width, const Meter& meter);

// How a graph is coloured.
enum class GraphColor { kByShare, kReceive, kTransmit };

// Draws the newest values as columns, the newest at the right end. `max` is the value at the top
// edge. NaN leaves a gap; any value above zero is seen.
void DrawGraph(Canvas* canvas, const Rect& rect, const std::deque<double>& values, double max,
               GraphColor color);

// Draws one level for each value, from the left, a row after the other: many cores in little room.
void DrawLevels(Canvas* canvas, const Rect& rect, std::span<const double> ratios);

// Draws a frame with a title in its upper edge, and returns the inside.
Rect DrawBox(Canvas* canvas, const Rect& rect, std::string_view title);

// Writes a sentence over as many rows as it needs and there are, broken between words.
void PutWrapped(Canvas* canvas, const Rect& rect, std::string_view text, Style style);

// Returns a scale for the newest `count` values: the least of 1, 2 and 5 times a power of ten that
// none of them is above, and at least `floor`, which is above zero.
double NiceMax(const std::deque<double>& values, int count, double floor);

}  // namespace syspulse

#endif  // CLIENTS_CLI_TOP_WIDGETS_H_
