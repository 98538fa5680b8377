// CSV after RFC 4180 with a line for each sample: time, series, value, as `query -o csv` has them.
#include <string_view>

#include "absl/time/time.h"
#include "clients/cli/output/series_text.h"
#include "clients/cli/output/units.h"
#include "clients/cli/transfer/line_buffer.h"
#include "clients/cli/transfer/sample_writers.h"
#include "services/base/status_macros.h"

namespace syspulse {
namespace {

// Returns a text as a field: in quotes, those inside of it doubled.
std::string QuotedField(std::string_view text) {
  std::string field = "\"";
  for (const char c : text) {
    if (c == '"') field += '"';
    field += c;
  }
  return field + '"';
}

class CsvSampleWriter final : public SampleWriter {
 public:
  explicit CsvSampleWriter(TextSink* sink) : lines_(sink) {
    lines_.text() = "time,series,value\r\n";
  }

  absl::Status Write(const v1::MatrixSeries& series) override {
    const std::string name = QuotedField(SeriesText(Sorted(series.labels())));
    for (int i = 0; i < series.values_size(); ++i) {
      if (IsGap(series.values(i))) continue;
      std::string& text = lines_.text();
      text += ExactTime(absl::FromUnixMillis(series.times_ms(i)));
      text += ',';
      text += name;
      text += ',';
      text += SampleValueText(series.values(i));
      text += "\r\n";
      RETURN_IF_ERROR(lines_.EndLine());
    }
    return absl::OkStatus();
  }

  absl::Status Finish() override { return lines_.Flush(); }

 private:
  LineBuffer lines_;
};

}  // namespace

std::unique_ptr<SampleWriter> MakeCsvSampleWriter(TextSink* sink) {
  return std::make_unique<CsvSampleWriter>(sink);
}

}  // namespace syspulse
