#include "clients/cli/chart/chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "absl/strings/str_format.h"
#include "clients/cli/chart/axis.h"
#include "clients/cli/chart/plot.h"
#include "clients/cli/output/safe_text.h"

namespace syspulse {
namespace {

constexpr int kLeastRows = 5;  // of the plot
constexpr int kLeastColumns = 10;
constexpr int kRowsPerMark = 3;
constexpr std::string_view kReset = "\x1b[0m";
constexpr std::string_view kFaint = "\x1b[2m";
constexpr std::string_view kBold = "\x1b[1m";

// The terminal's own colours but black and white: they suit its background.
constexpr std::array<std::string_view, kMostDrawn> kColors = {
    "\x1b[36m", "\x1b[33m", "\x1b[32m", "\x1b[35m", "\x1b[34m", "\x1b[31m",
    "\x1b[96m", "\x1b[93m", "\x1b[92m", "\x1b[95m", "\x1b[94m", "\x1b[91m"};

AxisUnit UnitOf(std::span<const Curve> curves) {
  const bool bytes = std::ranges::all_of(curves, [](const Curve& curve) {
    const auto name = curve.labels.find(kNameLabel);
    return name != curve.labels.end() && name->second.ends_with("_bytes");
  });
  return bytes ? AxisUnit::kBytes : AxisUnit::kNumber;
}

struct Bounds {
  double least = std::numeric_limits<double>::infinity();
  double most = -std::numeric_limits<double>::infinity();
  bool infinite = false;  // whether there are infinite values too
};

Bounds BoundsOf(std::span<const Curve> curves) {
  Bounds bounds;
  for (const Curve& curve : curves) {
    for (const Point& point : curve.points) {
      bounds.infinite = bounds.infinite || std::isinf(point.value);
      if (!std::isfinite(point.value)) continue;
      bounds.least = std::min(bounds.least, point.value);
      bounds.most = std::max(bounds.most, point.value);
    }
  }
  return bounds;
}

// Draws one chart, top to bottom.
class Chart {
 public:
  Chart(std::span<const Curve> curves, std::size_t left_out, const ChartSpan& span,
        const ChartSpace& space)
      : curves_(curves),
        left_out_(left_out),
        span_(span),
        space_(space),
        letters_(space.ascii || (!space.color && curves.size() > 1)),
        unit_(UnitOf(curves)),
        bounds_(BoundsOf(curves)) {
    std::vector<SortedLabels> labels;
    for (const Curve& curve : curves_) labels.push_back(curve.labels);
    names_ = NamesOf(labels);
    LayOut();
  }

  std::string Text() {
    Plot plot(columns_, rows_, letters_);
    // The first lies above the others.
    for (std::size_t i = curves_.size(); i-- > 0;) DrawCurve(static_cast<int>(i), &plot);
    const std::string title = curves_.size() == 1 ? names_.names[0] : names_.shared;
    if (!title.empty()) AppendLine(Colored(CutToWidth(title, space_.width, space_.ascii), kBold));
    AppendPlot(plot);
    AppendTimes(plot);
    for (const std::string& line : legend_) AppendLine(line);
    for (const std::string& note : notes_) AppendLine(Colored(note, kFaint));
    return text_;
  }

 private:
  void LayOut() {
    LayOutLegend();
    if (left_out_ > 0) {
      notes_.push_back(
          absl::StrFormat("%d series more are not drawn; topk() or a selector picks others",
                          static_cast<std::int64_t>(left_out_)));
    }
    if (bounds_.infinite) notes_.emplace_back("infinite values are not drawn");
    const bool title = curves_.size() == 1 || !names_.shared.empty();
    const auto around = static_cast<int>(legend_.size() + notes_.size()) + (title ? 1 : 0);
    rows_ = std::max(space_.height - 1 - around - 2, kLeastRows);  // two rows of times, the prompt
    axis_ =
        MakeValueAxis(bounds_.least, bounds_.most, std::clamp(rows_ / kRowsPerMark, 2, 10), unit_);
    for (const ValueMark& mark : axis_.marks) {
      margin_ = std::max(margin_, static_cast<int>(mark.label.size()));
    }
    columns_ = std::max(space_.width - margin_ - 2, kLeastColumns);
  }

  // Entries beside each other where they fit.
  void LayOutLegend() {
    if (curves_.size() < 2) return;
    std::vector<std::string> entries;
    int widest = 0;
    for (std::size_t i = 0; i < curves_.size(); ++i) {
      const std::string last =
          curves_[i].points.empty() ? "-" : ShortValue(curves_[i].points.back().value, unit_);
      const int room = space_.width - static_cast<int>(last.size()) - 4;
      entries.push_back(CutToWidth(names_.names[i], std::max(room, 8), space_.ascii) + "  " + last);
      widest = std::max(widest, DisplayWidth(entries.back()) + 4);
    }
    const auto across = static_cast<std::size_t>(std::max((space_.width + 2) / widest, 1));
    const std::size_t lines = (entries.size() + across - 1) / across;
    legend_.resize(lines);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      std::string& line = legend_[i % lines];
      const bool is_last = i + lines >= entries.size();
      const std::string mark = letters_ ? std::string(1, Plot::Letter(static_cast<int>(i))) : "━";
      line += Colored(mark, kColors[i]) + " " +
              (is_last ? entries[i] : PadToWidth(entries[i], widest - 2));
    }
  }

  int DotRow(double value, const Plot& plot) const {
    const double low = axis_.low;
    const double share = (value - low) / (axis_.high - low);
    return static_cast<int>(std::lround((1 - std::clamp(share, 0.0, 1.0)) * (plot.dot_rows() - 1)));
  }

  int DotColumn(std::int64_t time_ms, const Plot& plot) const {
    const std::int64_t span = span_.last_ms - span_.first_ms;
    if (span <= 0) return 0;
    const double share = static_cast<double>(time_ms - span_.first_ms) / static_cast<double>(span);
    return static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * (plot.dot_columns() - 1)));
  }

  void DrawCurve(int number, Plot* plot) const {
    const Point* previous = nullptr;
    for (const Point& point : curves_[static_cast<std::size_t>(number)].points) {
      if (!std::isfinite(point.value)) {
        previous = nullptr;
        continue;
      }
      const bool joined =
          previous != nullptr && point.time_ms - previous->time_ms <= span_.longest_join_ms;
      const Point& from = joined ? *previous : point;
      plot->Line(DotColumn(from.time_ms, *plot), DotRow(from.value, *plot),
                 DotColumn(point.time_ms, *plot), DotRow(point.value, *plot), number);
      previous = &point;
    }
  }

  void AppendPlot(const Plot& plot) {
    std::vector<std::string> labels(static_cast<std::size_t>(rows_));
    for (const ValueMark& mark : axis_.marks) {
      labels[static_cast<std::size_t>(plot.RowOfDot(DotRow(mark.value, plot)))] = mark.label;
    }
    for (int row = 0; row < rows_; ++row) {
      const std::string& label = labels[static_cast<std::size_t>(row)];
      const std::string_view edge =
          label.empty() ? (space_.ascii ? "|" : "│") : (space_.ascii ? "+" : "┤");
      AppendLine(PadToWidth(label, margin_, true) + " " + Colored(edge, kFaint) +
                 PlotRow(plot, row));
    }
  }

  std::string PlotRow(const Plot& plot, int row) const {
    int end = columns_;  // behind the last one that is not blank
    while (end > 0 && plot.at(end - 1, row).number < 0) --end;
    std::string text;
    int number = -1;
    for (int column = 0; column < end; ++column) {
      const Plot::Glyph glyph = plot.at(column, row);
      if (space_.color && glyph.number != number) {
        if (number >= 0) text += kReset;
        if (glyph.number >= 0) text += kColors[static_cast<std::size_t>(glyph.number)];
        number = glyph.number;
      }
      text += glyph.text;
    }
    if (number >= 0) text += kReset;
    return text;
  }

  void AppendTimes(const Plot& plot) {
    std::vector<std::string_view> line(static_cast<std::size_t>(columns_),
                                       space_.ascii ? "-" : "─");
    std::string labels(static_cast<std::size_t>(margin_ + 2 + columns_), ' ');
    std::size_t free = 0;  // the first column that no label takes
    for (const TimeMark& mark :
         MakeTimeMarks(span_.first_ms, span_.last_ms, columns_, space_.zone)) {
      const int column = plot.ColumnOfDot(DotColumn(mark.time_ms, plot));
      line[static_cast<std::size_t>(column)] = space_.ascii ? "+" : "┬";
      const auto width = static_cast<int>(mark.label.size());
      const auto at = static_cast<std::size_t>(
          std::clamp(margin_ + 2 + column - width / 2, 0,
                     std::max(static_cast<int>(labels.size()) - width, 0)));
      if (at < free || at + mark.label.size() > labels.size()) continue;
      labels.replace(at, mark.label.size(), mark.label);
      free = at + mark.label.size() + 1;
    }
    std::string axis(space_.ascii ? "+" : "└");
    for (const std::string_view glyph : line) axis += glyph;
    AppendLine(std::string(static_cast<std::size_t>(margin_ + 1), ' ') + Colored(axis, kFaint));
    labels.erase(labels.find_last_not_of(' ') + 1);
    AppendLine(labels);
  }

  void AppendLine(std::string_view line) {
    text_ += line;
    text_ += '\n';
  }

  std::string Colored(std::string_view text, std::string_view color) const {
    if (!space_.color) return std::string(text);
    return std::string(color) + std::string(text) + std::string(kReset);
  }

  const std::span<const Curve> curves_;
  const std::size_t left_out_;
  const ChartSpan span_;
  const ChartSpace space_;
  const bool letters_;  // a letter for each line instead of braille
  const AxisUnit unit_;
  const Bounds bounds_;
  SeriesNames names_;
  std::vector<std::string> legend_;
  std::vector<std::string> notes_;
  ValueAxis axis_;
  int rows_ = 0;  // of the plot, in characters
  int columns_ = 0;
  int margin_ = 0;  // columns for the labels of values
  std::string text_;
};

}  // namespace

std::string DrawChart(const std::vector<Curve>& curves, const ChartSpan& span,
                      const ChartSpace& space) {
  const std::size_t drawn = std::min<std::size_t>(curves.size(), kMostDrawn);
  const std::span<const Curve> shown(curves.data(), drawn);
  if (BoundsOf(shown).least > BoundsOf(shown).most) return "";
  return Chart(shown, curves.size() - drawn, span, space).Text();
}

}  // namespace syspulse
