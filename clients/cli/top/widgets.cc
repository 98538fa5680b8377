#include "clients/cli/top/widgets.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "clients/cli/output/safe_text.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr std::array<std::string_view, 9> kLevels = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::array<std::string_view, 9> kAsciiLevels = {" ", ".", ".", ":", "-",
                                                          "=", "+", "*", "#"};
constexpr int kFullLevel = 8;
constexpr int kLeastBar = 4;  // columns; a shorter bar says nothing

std::string_view LevelGlyph(int level, bool ascii) {
  const auto index = static_cast<std::size_t>(std::clamp(level, 0, kFullLevel));
  return ascii ? kAsciiLevels[index] : kLevels[index];
}

// Returns how many steps of `steps` a share takes; at least one if it is above zero.
int Steps(double ratio, int steps) {
  if (!std::isfinite(ratio) || ratio <= 0) return 0;
  const auto rounded = static_cast<int>(std::lround(std::min(ratio, 1.0) * steps));
  return std::max(rounded, 1);
}

void DrawBar(Canvas* canvas, int x, int y, int width, const std::vector<Share>& shares) {
  const bool ascii = canvas->ascii();
  for (int i = 0; i < width; ++i) canvas->Put(x + i, y, ascii ? "." : "─", Style::kFaint);
  double sum = 0;
  int from = 0;  // the first column that is free
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (!std::isfinite(shares[i].ratio) || shares[i].ratio <= 0) continue;
    sum = std::min(sum + shares[i].ratio, 1.0);
    const int to = static_cast<int>(std::lround(sum * width));
    for (; from < to; ++from) canvas->Put(x + from, y, ascii ? "|" : "━", shares[i].style);
    // The end of all is drawn to half a column.
    const bool half = i + 1 == shares.size() && sum * width - to > 0.25;
    if (half && !ascii) canvas->Put(x + from, y, "╸", shares[i].style);
  }
}

Style GraphStyle(GraphColor color, double height_ratio) {
  switch (color) {
    case GraphColor::kReceive:
      return Style::kReceive;
    case GraphColor::kTransmit:
      return Style::kTransmit;
    case GraphColor::kByShare:
      break;
  }
  return StyleOf(height_ratio);
}

}  // namespace

void DrawMeter(Canvas* canvas, int x, int y, int width, const Meter& meter) {
  const int label = std::max(DisplayWidth(meter.label), meter.label_width);
  const int value = std::max(DisplayWidth(meter.value), meter.value_width);
  const int bar = width - label - value - 2;
  if (bar >= kLeastBar) {
    canvas->Put(x, y, meter.label, Style::kLabel);
    DrawBar(canvas, x + label + 1, y, bar, meter.shares);
    canvas->PutRight(x + width, y, meter.value, meter.value_style);
    return;
  }
  const int next = canvas->Put(x, y, meter.label, Style::kLabel, width);
  canvas->Put(next + 1, y, meter.value, meter.value_style, std::max(x + width - next - 1, 0));
}

void DrawGraph(Canvas* canvas, const Rect& rect, const std::deque<double>& values, double max,
               GraphColor color) {
  for (int column = 0; column < rect.width; ++column) {
    const int back = rect.width - column;  // 1 = the newest
    if (back > static_cast<int>(values.size())) continue;
    const double value = values[values.size() - static_cast<std::size_t>(back)];
    if (!std::isfinite(value)) continue;
    const double ratio = max > 0 ? value / max : 0;
    const int level = Steps(ratio, rect.height * kFullLevel);
    for (int row = 0; row < rect.height; ++row) {
      const int below = (rect.height - 1 - row) * kFullLevel;
      // Zero is a line, not a gap: something was measured.
      const bool baseline = row == rect.height - 1 && level == 0;
      const double height = rect.height == 1 ? ratio
                                             : static_cast<double>(below + kFullLevel / 2) /
                                                   (rect.height * kFullLevel);
      if (level > below) {
        canvas->Put(rect.x + column, rect.y + row, LevelGlyph(level - below, canvas->ascii()),
                    GraphStyle(color, height));
      } else if (baseline) {
        canvas->Put(rect.x + column, rect.y + row, LevelGlyph(1, canvas->ascii()), Style::kFaint);
      }
    }
  }
}

void DrawLevels(Canvas* canvas, const Rect& rect, std::span<const double> ratios) {
  for (std::size_t i = 0; i < ratios.size(); ++i) {
    const int row = static_cast<int>(i) / std::max(rect.width, 1);
    const int column = static_cast<int>(i) % std::max(rect.width, 1);
    if (row >= rect.height) return;
    const int level = std::max(Steps(ratios[i], kFullLevel), 1);
    canvas->Put(rect.x + column, rect.y + row, LevelGlyph(level, canvas->ascii()),
                ratios[i] > 0.01 ? StyleOf(ratios[i]) : Style::kFaint);
  }
}

Rect DrawBox(Canvas* canvas, const Rect& rect, std::string_view title) {
  const bool ascii = canvas->ascii();
  const std::string_view line = ascii ? "-" : "─";
  const std::string_view side = ascii ? "|" : "│";
  const int right = rect.x + rect.width - 1;
  const int bottom = rect.y + rect.height - 1;
  for (int x = rect.x; x <= right; ++x) {
    canvas->Put(x, rect.y, line, Style::kBorder);
    canvas->Put(x, bottom, line, Style::kBorder);
  }
  for (int y = rect.y; y <= bottom; ++y) {
    canvas->Put(rect.x, y, side, Style::kBorder);
    canvas->Put(right, y, side, Style::kBorder);
  }
  canvas->Put(rect.x, rect.y, ascii ? "+" : "╭", Style::kBorder);
  canvas->Put(right, rect.y, ascii ? "+" : "╮", Style::kBorder);
  canvas->Put(rect.x, bottom, ascii ? "+" : "╰", Style::kBorder);
  canvas->Put(right, bottom, ascii ? "+" : "╯", Style::kBorder);
  if (!title.empty()) {
    const std::string text = " " + CutToWidth(title, rect.width - 6, ascii) + " ";
    canvas->Put(rect.x + 2, rect.y, text, Style::kTitle);
  }
  return {.x = rect.x + 2, .y = rect.y + 1, .width = rect.width - 4, .height = rect.height - 2};
}

void PutWrapped(Canvas* canvas, const Rect& rect, std::string_view text, Style style) {
  int x = 0;
  int row = 0;
  while (!text.empty()) {
    const std::string word(TakeUntil(&text, ' '));
    const int width = DisplayWidth(word);
    if (x > 0 && x + width > rect.width) {
      x = 0;
      ++row;
    }
    if (row >= rect.height) return;
    canvas->Put(rect.x + x, rect.y + row, word, style, rect.width - x);
    x += width + 1;
  }
}

double NiceMax(const std::deque<double>& values, int count, double floor) {
  double most = floor;
  const auto shown = std::min(values.size(), static_cast<std::size_t>(std::max(count, 0)));
  for (std::size_t i = values.size() - shown; i < values.size(); ++i) {
    if (std::isfinite(values[i])) most = std::max(most, values[i]);
  }
  const double power = std::pow(10, std::floor(std::log10(most)));
  for (const double step : {1.0, 2.0, 5.0}) {
    if (most <= step * power) return step * power;
  }
  return 10 * power;
}

}  // namespace syspulse
