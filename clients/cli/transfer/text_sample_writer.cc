// Prometheus' text format, https://prometheus.io/docs/instrumenting/exposition_formats/, and
// OpenMetrics 1.0,
// https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "clients/cli/output/series_text.h"
#include "clients/cli/transfer/line_buffer.h"
#include "clients/cli/transfer/sample_writers.h"
#include "services/base/status_macros.h"
#include "services/model/metric_type_proto.h"

namespace syspulse {
namespace {

constexpr std::string_view kTotal = "_total";

void AppendEscaped(std::string_view text, bool quotes, std::string* out) {
  for (const char c : text) {
    if (c == '\\' || (quotes && c == '"')) *out += '\\';
    if (c == '\n') {
      *out += "\\n";
    } else {
      *out += c;
    }
  }
}

// Returns `name{label="value",…}`.
std::string SeriesStart(const LabelMap& labels) {
  std::string name;
  std::string inside;
  for (const auto& [label, value] : Sorted(labels)) {
    if (label == kNameLabel) {
      name = value;
      continue;
    }
    inside += inside.empty() ? "{" : ",";
    inside += label;
    inside += "=\"";
    AppendEscaped(value, true, &inside);
    inside += '"';
  }
  if (!inside.empty()) inside += '}';
  return name + inside;
}

// Returns seconds as OpenMetrics has them, with the milliseconds behind a point if there are any.
std::string SecondsText(std::int64_t time_ms) {
  const std::int64_t millis = std::abs(time_ms % 1000);
  const std::string seconds =
      absl::StrFormat("%s%d", time_ms < 0 ? "-" : "", std::abs(time_ms / 1000));
  return millis == 0 ? seconds : absl::StrFormat("%s.%03d", seconds, millis);
}

class TextSampleWriter final : public SampleWriter {
 public:
  TextSampleWriter(SampleFormat format, FamiliesByName families, TextSink* sink)
      : open_metrics_(format == SampleFormat::kOpenMetrics),
        families_(std::move(families)),
        lines_(sink) {}

  absl::Status Write(const v1::MatrixSeries& series) override {
    const auto name = series.labels().find(kNameLabel);
    if (name != series.labels().end() && name->second != metric_) {
      metric_ = name->second;
      Describe();
    }
    const std::string start = SeriesStart(series.labels());
    for (int i = 0; i < series.values_size(); ++i) {
      if (IsGap(series.values(i))) continue;
      const std::int64_t time_ms = series.times_ms(i);
      std::string& text = lines_.text();
      text += start;
      text += ' ';
      text += SampleValueText(series.values(i));
      text += ' ';
      text += open_metrics_ ? SecondsText(time_ms) : std::to_string(time_ms);
      text += '\n';
      RETURN_IF_ERROR(lines_.EndLine());
    }
    return absl::OkStatus();
  }

  absl::Status Finish() override {
    if (open_metrics_) lines_.text() += "# EOF\n";
    return lines_.Flush();
  }

 private:
  // A family as it is described.
  struct Description {
    std::string name;
    std::string type;
  };

  // Says what the metric is, as far as that is known.
  void Describe() {
    const v1::MetricFamily* const family = FindFamily();
    if (family == nullptr) {
      described_.insert(metric_);
      return;
    }
    const auto [name, type] = open_metrics_ ? OpenMetricsType(*family) : PrometheusType(*family);
    if (!described_.insert(name).second) return;
    std::string& text = lines_.text();
    if (!family->help().empty()) {
      text += "# HELP " + name + " ";
      AppendEscaped(family->help(), open_metrics_, &text);
      text += '\n';
    }
    text += "# TYPE " + name + " " + type + "\n";
    const bool has_unit = !family->unit().empty() && name.ends_with("_" + family->unit());
    if (open_metrics_ && has_unit) text += "# UNIT " + name + " " + family->unit() + "\n";
  }

  // Returns the family that the metric is, or is a part of; null if nobody told of it.
  const v1::MetricFamily* FindFamily() const {
    if (const auto found = families_.find(metric_); found != families_.end()) return &found->second;
    const std::size_t part = metric_.rfind('_');
    if (part == metric_.npos) return nullptr;
    const auto found = families_.find(metric_.substr(0, part));
    const bool is_part =
        found != families_.end() && IsPartOfFamily(found->second.type(), metric_.substr(part));
    return is_part ? &found->second : nullptr;
  }

  // That format knows four types.
  Description PrometheusType(const v1::MetricFamily& family) const {
    switch (family.type()) {
      case v1::METRIC_TYPE_COUNTER:
      case v1::METRIC_TYPE_GAUGE:
        return {.name = metric_, .type = std::string(MetricTypeName(family.type()))};
      case v1::METRIC_TYPE_HISTOGRAM:
      case v1::METRIC_TYPE_SUMMARY:
        return {.name = family.name(), .type = std::string(MetricTypeName(family.type()))};
      default:
        return {.name = metric_, .type = "untyped"};
    }
  }

  // The family of a counter lacks the `_total` that its samples have to carry; one whose samples do
  // not, or whose name another family has already, is of unknown type there.
  Description OpenMetricsType(const v1::MetricFamily& family) const {
    if (family.type() != v1::METRIC_TYPE_COUNTER) {
      return {.name = family.name(), .type = std::string(MetricTypeName(family.type()))};
    }
    if (metric_.ends_with(kTotal)) {
      std::string name = metric_.substr(0, metric_.size() - kTotal.size());
      if (!name.empty() && !described_.contains(name)) {
        return {.name = std::move(name), .type = "counter"};
      }
    }
    return {.name = metric_, .type = "unknown"};
  }

  const bool open_metrics_;
  const FamiliesByName families_;
  LineBuffer lines_;
  std::string metric_;               // of the last series
  std::set<std::string> described_;  // families that began
};

}  // namespace

std::unique_ptr<SampleWriter> MakeTextSampleWriter(SampleFormat format, FamiliesByName families,
                                                   TextSink* sink) {
  return std::make_unique<TextSampleWriter>(format, std::move(families), sink);
}

}  // namespace syspulse
