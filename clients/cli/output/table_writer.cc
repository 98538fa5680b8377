// Tables for people: columns as wide as what stands in them, numbers to the right, colour where the
// terminal has it.
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/output/safe_text.h"
#include "clients/cli/output/writer.h"

namespace syspulse {
namespace {

constexpr std::string_view kGap = "  ";
constexpr std::string_view kReset = "\x1b[0m";
constexpr std::string_view kHeadingColor = "\x1b[1m";
// A stream repeats its heading about once a screen.
constexpr int kHeadingEvery = 40;

std::string_view ColorOf(Emphasis emphasis) {
  switch (emphasis) {
    case Emphasis::kFaint:
      return "\x1b[2m";
    case Emphasis::kGood:
      return "\x1b[32m";
    case Emphasis::kWarning:
      return "\x1b[33m";
    case Emphasis::kCritical:
      return "\x1b[1;31m";
    case Emphasis::kNone:
      break;
  }
  return "";
}

class TableWriter final : public ReportWriter {
 public:
  TableWriter(const WriterOptions& options, TextSink* sink) : options_(options), sink_(sink) {}

  absl::Status Write(const Report& report) override {
    std::string text;
    for (const Table& table : report.tables) {
      if (table.rows.empty() && report.tables.size() > 1) continue;
      if (!table.title.empty()) {
        if (!text.empty()) text += '\n';
        text += Colored(table.title, kHeadingColor) + "\n";
      }
      AppendTable(table, &text);
    }
    return sink_->Write(text);
  }

 private:
  void AppendTable(const Table& table, std::string* text) {
    const bool same_columns = options_.streaming && widths_.size() == table.columns.size();
    if (!same_columns) {
      widths_.assign(table.columns.size(), 0);
      rows_since_heading_ = kHeadingEvery;
    }
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      int& width = widths_[i];
      width = std::max(width, DisplayWidth(table.columns[i].title));
      for (const auto& row : table.rows) width = std::max(width, DisplayWidth(row[i].human));
    }
    if (rows_since_heading_ >= kHeadingEvery) {
      AppendHeading(table, text);
      rows_since_heading_ = 0;
    }
    for (const auto& row : table.rows) AppendRow(table, row, text);
    rows_since_heading_ += static_cast<int>(table.rows.size());
    if (!options_.streaming) widths_.clear();
  }

  void AppendHeading(const Table& table, std::string* text) {
    // A table without any title is a list of names and values: no heading.
    if (std::ranges::all_of(table.columns, [](const Column& c) { return c.title.empty(); })) return;
    std::vector<Cell> heading;
    for (const Column& column : table.columns) heading.push_back({.human = column.title});
    AppendLine(table, heading, kHeadingColor, text);
  }

  void AppendRow(const Table& table, const std::vector<Cell>& row, std::string* text) {
    AppendLine(table, row, "", text);
  }

  void AppendLine(const Table& table, const std::vector<Cell>& cells, std::string_view color,
                  std::string* text) {
    int used = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const bool last = i + 1 == cells.size();
      const bool right = table.columns[i].right_aligned;
      std::string value = cells[i].human;
      if (last && !right && options_.width > 0) {
        value = CutToWidth(value, std::max(options_.width - used, 8));
      }
      const int fill = widths_[i] - DisplayWidth(value);
      const std::string blanks(static_cast<std::size_t>(std::max(fill, 0)), ' ');
      const std::string_view own = ColorOf(cells[i].emphasis);
      if (right) *text += blanks;
      *text += Colored(value, color.empty() ? own : color);
      if (!last) *text += (right ? "" : blanks) + std::string(kGap);
      used += widths_[i] + static_cast<int>(kGap.size());
    }
    *text += '\n';
  }

  std::string Colored(std::string_view text, std::string_view color) const {
    if (!options_.color || color.empty() || text.empty()) return std::string(text);
    return std::string(color) + std::string(text) + std::string(kReset);
  }

  const WriterOptions options_;
  TextSink* const sink_;
  std::vector<int> widths_;  // in a stream, columns only ever grow
  int rows_since_heading_ = kHeadingEvery;
};

}  // namespace

std::unique_ptr<ReportWriter> MakeTableWriter(const WriterOptions& options, TextSink* sink) {
  return std::make_unique<TableWriter>(options, sink);
}

}  // namespace syspulse
