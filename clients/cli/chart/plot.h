// Lines on a grid of characters. A character of braille has 2 by 4 dots, so that a line is finer
// than the text around it; where lines must differ without colour, each is drawn with a letter of
// its own, one dot a character.
#ifndef CLIENTS_CLI_CHART_PLOT_H_
#define CLIENTS_CLI_CHART_PLOT_H_

#include <cstdint>
#include <string>
#include <vector>

namespace syspulse {

class Plot {
 public:
  // Both sizes are in characters and at least 1.
  Plot(int columns, int rows, bool letters);

  int dot_columns() const { return columns_ * across_; }
  int dot_rows() const { return rows_ * down_; }
  // Returns the row of characters that a row of dots is in.
  int RowOfDot(int dot_row) const { return dot_row / down_; }
  int ColumnOfDot(int dot_column) const { return dot_column / across_; }

  // Draws a straight line for the line `number`, both ends included; all dots must be on the plot.
  // What is drawn later lies above.
  void Line(int from_x, int from_y, int to_x, int to_y, int number);

  struct Glyph {
    std::string text = " ";
    int number = -1;  // the line that has its colour; -1 for none
  };
  Glyph at(int column, int row) const;

  // Returns the letter of a line.
  static char Letter(int number);

 private:
  struct Cell {
    std::uint8_t dots = 0;  // as braille's code points have them
    int number = -1;
  };
  void Dot(int x, int y, int number);

  const int columns_;
  const int rows_;
  const int across_;  // dots in a character
  const int down_;
  std::vector<Cell> cells_;
};

}  // namespace syspulse

#endif  // CLIENTS_CLI_CHART_PLOT_H_
