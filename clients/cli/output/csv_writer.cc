// CSV after RFC 4180: one heading, lines end in CRLF, quotes where they are needed.
//
// A text that a spreadsheet would take for a formula gets an apostrophe in front: a process may be
// called `=HYPERLINK(…)`.
#include <string>
#include <string_view>

#include "clients/cli/output/writer.h"

namespace syspulse {
namespace {

constexpr std::string_view kFormulaStarts = "=+-@";

std::string Quoted(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string Field(const Cell& cell) {
  const bool formula = !cell.is_number && !cell.exact.empty() &&
                       kFormulaStarts.find(cell.exact.front()) != kFormulaStarts.npos;
  return Quoted(formula ? "'" + cell.exact : cell.exact);
}

class CsvWriter final : public ReportWriter {
 public:
  explicit CsvWriter(TextSink* sink) : sink_(sink) {}

  absl::Status Write(const Report& report) override {
    const Table& table = report.records ? *report.records : report.tables.front();
    std::string text;
    if (!wrote_heading_) {
      for (const Column& column : table.columns) AppendField(&text, Quoted(column.key));
      EndLine(&text);
      wrote_heading_ = true;
    }
    for (const auto& row : table.rows) {
      for (const Cell& cell : row) AppendField(&text, Field(cell));
      EndLine(&text);
    }
    return sink_->Write(text);
  }

 private:
  // Fields end in a comma until their line ends.
  static void AppendField(std::string* text, std::string_view field) {
    *text += field;
    *text += ',';
  }
  static void EndLine(std::string* text) {
    text->pop_back();
    *text += "\r\n";
  }

  TextSink* const sink_;
  bool wrote_heading_ = false;
};

}  // namespace

std::unique_ptr<ReportWriter> MakeCsvWriter(const WriterOptions&, TextSink* sink) {
  return std::make_unique<CsvWriter>(sink);
}

}  // namespace syspulse
