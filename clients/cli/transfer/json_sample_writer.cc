// Lines of JSON, each the samples of one series: NaN is null, infinities are strings.
#include <cmath>
#include <string_view>

#include "absl/strings/str_format.h"
#include "clients/cli/output/series_text.h"
#include "clients/cli/transfer/line_buffer.h"
#include "clients/cli/transfer/sample_writers.h"

namespace syspulse {
namespace {

void AppendString(std::string_view text, std::string* out) {
  *out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      *out += '\\';
      *out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      *out += absl::StrFormat("\\u%04x", static_cast<int>(c));
    } else {
      *out += c;
    }
  }
  *out += '"';
}

std::string JsonValue(double value) {
  if (std::isnan(value)) return "null";
  if (std::isinf(value)) return value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  return SampleValueText(value);
}

class JsonSampleWriter final : public SampleWriter {
 public:
  explicit JsonSampleWriter(TextSink* sink) : lines_(sink) {}

  absl::Status Write(const v1::MatrixSeries& series) override {
    std::string values;
    std::string times;
    for (int i = 0; i < series.values_size(); ++i) {
      if (IsGap(series.values(i))) continue;
      if (!values.empty()) {
        values += ',';
        times += ',';
      }
      values += JsonValue(series.values(i));
      times += std::to_string(series.times_ms(i));
    }
    if (values.empty()) return absl::OkStatus();
    std::string& text = lines_.text();
    std::string_view before = "{\"metric\":{";
    for (const auto& [name, value] : Sorted(series.labels())) {
      text += before;
      AppendString(name, &text);
      text += ':';
      AppendString(value, &text);
      before = ",";
    }
    if (series.labels().empty()) text += before;
    text += "},\"values\":[" + values + "],\"timestamps\":[" + times + "]}\n";
    return lines_.EndLine();
  }

  absl::Status Finish() override { return lines_.Flush(); }

 private:
  LineBuffer lines_;
};

}  // namespace

std::unique_ptr<SampleWriter> MakeJsonSampleWriter(TextSink* sink) {
  return std::make_unique<JsonSampleWriter>(sink);
}

}  // namespace syspulse
