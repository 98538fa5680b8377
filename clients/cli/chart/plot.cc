#include "clients/cli/chart/plot.h"

#include <array>
#include <cstddef>
#include <cstdlib>

namespace syspulse {
namespace {

// Bits of U+2800 and following, by row and column of the dot.
constexpr std::array<std::array<std::uint8_t, 2>, 4> kDots = {
    {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}};

// Returns the braille pattern U+2800 + `dots` in UTF-8.
std::string Braille(std::uint8_t dots) {
  return {'\xE2', static_cast<char>(0xA0 | (dots >> 6)), static_cast<char>(0x80 | (dots & 0x3F))};
}

}  // namespace

Plot::Plot(int columns, int rows, bool letters)
    : columns_(columns),
      rows_(rows),
      across_(letters ? 1 : 2),
      down_(letters ? 1 : 4),
      cells_(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows)) {}

char Plot::Letter(int number) { return static_cast<char>('a' + number % 26); }

void Plot::Dot(int x, int y, int number) {
  Cell& cell = cells_[static_cast<std::size_t>(y / down_ * columns_ + x / across_)];
  const auto row = static_cast<std::size_t>(y % down_);
  const auto column = static_cast<std::size_t>(x % across_);
  cell.dots = static_cast<std::uint8_t>(cell.dots | kDots[row][column]);
  cell.number = number;
}

// Bresenham's.
void Plot::Line(int from_x, int from_y, int to_x, int to_y, int number) {
  const int width = std::abs(to_x - from_x);
  const int height = -std::abs(to_y - from_y);
  const int right = from_x < to_x ? 1 : -1;
  const int down = from_y < to_y ? 1 : -1;
  for (int error = width + height;;) {
    Dot(from_x, from_y, number);
    if (from_x == to_x && from_y == to_y) return;
    const int twice = 2 * error;
    if (twice >= height) {
      error += height;
      from_x += right;
    }
    if (twice <= width) {
      error += width;
      from_y += down;
    }
  }
}

Plot::Glyph Plot::at(int column, int row) const {
  const Cell& cell = cells_[static_cast<std::size_t>(row * columns_ + column)];
  if (cell.number < 0) return {};
  return {.text = down_ == 1 ? std::string(1, Letter(cell.number)) : Braille(cell.dots),
          .number = cell.number};
}

}  // namespace syspulse
