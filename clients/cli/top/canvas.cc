#include "clients/cli/top/canvas.h"

#include <algorithm>
#include <cstddef>

#include "clients/cli/output/safe_text.h"
#include "clients/cli/output/table.h"

namespace syspulse {

Style StyleOf(double ratio) {
  switch (EmphasisOf(ratio)) {
    case Emphasis::kCritical:
      return Style::kCritical;
    case Emphasis::kWarning:
      return Style::kWarning;
    default:
      return Style::kGood;
  }
}

Canvas::Canvas(int width, int height, bool ascii)
    : width_(std::max(width, 0)),
      height_(std::max(height, 0)),
      ascii_(ascii),
      cells_(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_)) {}

const Canvas::Cell& Canvas::at(int x, int y) const {
  return cells_[static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
                static_cast<std::size_t>(x)];
}

Canvas::Cell* Canvas::Find(int x, int y) {
  if (x < 0 || y < 0 || x >= width_ || y >= height_) return nullptr;
  return const_cast<Cell*>(&at(x, y));
}

int Canvas::Put(int x, int y, std::string_view text, Style style, int width) {
  const int end = width > width_ - x ? width_ : x + width;
  int last = x;  // where the newest character stands
  while (!text.empty()) {
    const std::string_view before = text;
    const char32_t code_point = TakeCodePoint(&text);
    std::string glyph(before.substr(0, before.size() - text.size()));
    const int columns = CodePointWidth(code_point);
    if (ascii_ && code_point > 0x7E) glyph = std::string(static_cast<std::size_t>(columns), '?');
    if (columns == 0) {
      if (Cell* cell = Find(last, y); cell != nullptr && x > last) cell->glyph += glyph;
      continue;
    }
    if (x + columns > end) break;
    for (int i = 0; i < columns; ++i) {
      if (Cell* cell = Find(x + i, y)) *cell = {.glyph = i == 0 ? glyph : "", .style = style};
    }
    last = x;
    x += columns;
  }
  return x;
}

int Canvas::PutRight(int right, int y, std::string_view text, Style style) {
  const int x = right - DisplayWidth(text);
  Put(x, y, text, style);
  return x;
}

void Canvas::Clear(const Rect& rect, Style style) {
  for (int y = rect.y; y < rect.y + rect.height; ++y) {
    for (int x = rect.x; x < rect.x + rect.width; ++x) {
      if (Cell* cell = Find(x, y)) *cell = {.style = style};
    }
  }
}

void Canvas::Restyle(const Rect& rect, Style style) {
  for (int y = rect.y; y < rect.y + rect.height; ++y) {
    for (int x = rect.x; x < rect.x + rect.width; ++x) {
      if (Cell* cell = Find(x, y)) cell->style = style;
    }
  }
}

std::string Canvas::Text() const {
  std::string text;
  for (int y = 0; y < height_; ++y) {
    std::string row;
    for (int x = 0; x < width_; ++x) row += at(x, y).glyph;
    row.erase(row.find_last_not_of(' ') + 1);
    text += row + "\n";
  }
  return text;
}

}  // namespace syspulse
