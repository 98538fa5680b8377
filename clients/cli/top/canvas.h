// A grid of characters to draw on: what `top` shows, before any terminal is involved.
#ifndef CLIENTS_CLI_TOP_CANVAS_H_
#define CLIENTS_CLI_TOP_CANVAS_H_

#include <string>
#include <string_view>
#include <vector>

namespace syspulse {

// What something is; the screen decides how that looks.
enum class Style {
  kPlain,
  kFaint,     // less important: units, tracks of meters
  kStrong,    // what to read first
  kLabel,     // names of values
  kGood,      // low, live
  kWarning,   // from 75 %
  kCritical,  // from 90 %
  kUser,      // processor time of programs, memory of programs
  kSystem,    // processor time of the kernel
  kWait,      // waiting for I/O
  kReceive,   // bytes that come in: received, read
  kTransmit,  // bytes that go out: sent, written
  kBorder,
  kTitle,     // of a panel
  kHeading,   // of the process list
  kSorted,    // the heading that it is sorted by
  kSelected,  // the row under the cursor
  kKey,       // a key to press
  kHint,      // what it does
};

// Returns kGood, kWarning or kCritical for a share of something that can run out.
Style StyleOf(double ratio);

struct Rect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
};

class Canvas {
 public:
  struct Cell {
    std::string glyph = " ";  // one character with its combining marks; empty behind a wide one
    Style style = Style::kPlain;
  };

  // `ascii` shows other characters as `?`.
  Canvas(int width, int height, bool ascii);

  int width() const { return width_; }
  int height() const { return height_; }
  bool ascii() const { return ascii_; }
  Rect bounds() const { return {.width = width_, .height = height_}; }
  // `x` and `y` must be on the canvas.
  const Cell& at(int x, int y) const;

  // Writes safe text from (x, y) to the right, at most `width` columns; what is off the canvas is
  // cut. Returns the column behind it.
  int Put(int x, int y, std::string_view text, Style style, int width = 1 << 20);

  // As Put, but ends at the column before `right`. Returns the column it begins at.
  int PutRight(int right, int y, std::string_view text, Style style);

  // Blanks a part of the canvas.
  void Clear(const Rect& rect, Style style = Style::kPlain);

  // Gives what stands there another style.
  void Restyle(const Rect& rect, Style style);

  // Returns the text, a line a row, without blanks at the ends of rows.
  std::string Text() const;

 private:
  Cell* Find(int x, int y);

  const int width_;
  const int height_;
  const bool ascii_;
  std::vector<Cell> cells_;
};

}  // namespace syspulse

#endif  // CLIENTS_CLI_TOP_CANVAS_H_
