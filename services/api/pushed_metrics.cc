#include "services/api/pushed_metrics.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/metric_name.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/model/custom_source.h"
#include "services/model/proto.h"
#include "services/model/resource_name.h"
#include "services/remote_write/series_writer.h"
#include "services/remote_write/wire_reader.h"
#include "services/store/merged_rows.h"

namespace syspulse {
namespace {

constexpr std::string_view kDefaultSource = "push";
constexpr std::size_t kLongestSourceName = 64;
constexpr std::size_t kLongestHostname = 253;  // RFC 1035, section 2.3.4
constexpr std::size_t kLongestMetric = 200;
constexpr std::size_t kLongestUnit = 64;
constexpr std::size_t kLongestHelp = 1'024;
constexpr std::size_t kLongestLabelName = 128;
constexpr std::size_t kLongestLabelValue = 1'024;
constexpr std::size_t kMostLabelsOfSample = 32;
constexpr std::size_t kMostLabelsOfMetric = 64;  // names: every series of it has room for each
constexpr std::size_t kMostSamples = 200'000;
constexpr std::size_t kLongestQuote = 80;

using Labels = std::map<std::string, std::string>;
using Samples = std::map<std::int64_t, double>;  // by time, Unix, ms

// A metric's series and samples, in an order that does not depend on the request's.
struct Draft {
  const v1::PushedMetric* metric = nullptr;
  std::set<std::string> label_names;
  std::map<Labels, Samples> series;
};
using Drafts = std::map<std::string, Draft>;  // by name

std::string Quoted(std::string_view text) {
  if (text.size() <= kLongestQuote) return absl::StrFormat("'%s'", text);
  return absl::StrFormat("'%s…' (%d bytes)", ToUtf8(text.substr(0, kLongestQuote)), text.size());
}

absl::Status Wrong(const std::string& sentence) { return absl::InvalidArgumentError(sentence); }
absl::Status TooMuch(const std::string& sentence) { return absl::ResourceExhaustedError(sentence); }

absl::Status CheckLength(std::string_view what, std::string_view text, std::size_t longest) {
  if (text.size() <= longest) return absl::OkStatus();
  return Wrong(absl::StrFormat("%s is %s; it may have %d bytes", what, Quoted(text), longest));
}

std::string TextOfTime(std::int64_t time_ms) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", absl::FromUnixMillis(time_ms),
                          absl::UTCTimeZone());
}

std::string SeriesText(std::string_view metric, const Labels& labels) {
  std::string text(metric);
  for (const auto& [name, value] : labels) {
    text +=
        absl::StrFormat("%c%s=%s", text.size() == metric.size() ? '{' : ',', name, Quoted(value));
  }
  return labels.empty() ? text : text + "}";
}

absl::Status CheckMetric(const v1::PushedMetric& metric, int place) {
  if (!IsMetricName(metric.name())) {
    return Wrong(
        absl::StrFormat("metrics[%d]: %s is not a metric name; letters, digits, _ and : "
                        "make one, and no digit is its first",
                        place, Quoted(metric.name())));
  }
  RETURN_IF_ERROR(CheckLength(absl::StrFormat("the name of metrics[%d]", place), metric.name(),
                              kLongestMetric));
  RETURN_IF_ERROR(CheckLength("the unit of " + metric.name(), metric.unit(), kLongestUnit));
  RETURN_IF_ERROR(CheckLength("the help of " + metric.name(), metric.help(), kLongestHelp));
  switch (metric.type()) {
    case v1::METRIC_TYPE_UNSPECIFIED:
    case v1::METRIC_TYPE_COUNTER:
    case v1::METRIC_TYPE_GAUGE:
    case v1::METRIC_TYPE_UNTYPED:
      break;
    default:
      return Wrong(absl::StrFormat(
          "the type of %s is %s; counter, gauge and untyped are taken, and a histogram is several "
          "counters",
          metric.name(),
          v1::MetricType_IsValid(metric.type())
              ? v1::MetricType_Name(metric.type())
              : absl::StrFormat("%d", static_cast<int>(metric.type()))));
  }
  if (metric.samples().empty()) return Wrong(absl::StrFormat("%s has no samples", metric.name()));
  return absl::OkStatus();
}

absl::StatusOr<Labels> CheckedLabels(const std::string& metric, const v1::PushedSample& sample) {
  if (sample.labels_size() > static_cast<int>(kMostLabelsOfSample)) {
    return TooMuch(absl::StrFormat("a series of %s has %d labels; it may have %d", metric,
                                   sample.labels_size(), kMostLabelsOfSample));
  }
  Labels labels;
  for (const auto& [name, value] : sample.labels()) {
    RETURN_IF_ERROR(CheckLength("a label name of " + metric, name, kLongestLabelName));
    if (!IsLabelName(name) || name.starts_with("__")) {
      return Wrong(
          absl::StrFormat("%s of %s is not a label name; letters, digits and _ make one, "
                          "without a digit or __ in front",
                          Quoted(name), metric));
    }
    RETURN_IF_ERROR(
        CheckLength(absl::StrFormat("label %s of %s", name, metric), value, kLongestLabelValue));
    if (!value.empty()) labels.emplace(name, value);
  }
  return labels;
}

absl::StatusOr<std::int64_t> MillisOf(const google::protobuf::Timestamp& time,
                                      const std::string& of_what) {
  const absl::StatusOr<absl::Time> parsed = FromProto(time);
  if (!parsed.ok()) {
    return Wrong(
        absl::StrFormat("the time of %s: %s", of_what, std::string(parsed.status().message())));
  }
  return absl::ToUnixMillis(*parsed);
}

// Takes the samples of one request.
class Reading {
 public:
  Reading(std::int64_t default_ms, const KeptTimes& times)
      : default_ms_(default_ms),
        oldest_ms_(absl::ToUnixMillis(times.oldest)),
        newest_ms_(absl::ToUnixMillis(times.newest)) {}

  absl::Status Add(const v1::PushedMetric& metric, int place) {
    RETURN_IF_ERROR(CheckMetric(metric, place));
    Draft& draft = drafts_[metric.name()];
    if (draft.metric != nullptr) {
      return Wrong(absl::StrFormat("metric %s stands twice", metric.name()));
    }
    draft.metric = &metric;
    for (const v1::PushedSample& sample : metric.samples()) RETURN_IF_ERROR(Add(sample, &draft));
    return absl::OkStatus();
  }

  const Drafts& drafts() const { return drafts_; }
  std::size_t series() const { return series_; }
  const std::set<std::int64_t>& times() const { return times_; }

 private:
  absl::Status Add(const v1::PushedSample& sample, Draft* draft) {
    const std::string& metric = draft->metric->name();
    ASSIGN_OR_RETURN(Labels labels, CheckedLabels(metric, sample));
    if (!sample.has_value()) {
      return Wrong(absl::StrFormat("a sample of %s has no value", SeriesText(metric, labels)));
    }
    std::int64_t time_ms = default_ms_;
    if (sample.has_sample_time()) {
      ASSIGN_OR_RETURN(time_ms, MillisOf(sample.sample_time(), SeriesText(metric, labels)));
    }
    if (time_ms < oldest_ms_ || time_ms > newest_ms_) {
      return Wrong(absl::StrFormat(
          "a sample of %s is of %s, which is %s", SeriesText(metric, labels), TextOfTime(time_ms),
          time_ms > newest_ms_ ? "more than ten minutes ahead" : "older than what is kept"));
    }
    for (const auto& [name, value] : labels) draft->label_names.insert(name);
    if (draft->label_names.size() > kMostLabelsOfMetric) {
      return TooMuch(absl::StrFormat("the series of %s have more than %d different labels", metric,
                                     kMostLabelsOfMetric));
    }
    const auto [series, is_new] = draft->series.try_emplace(std::move(labels));
    if (is_new && ++series_ > kMostPushedSeries) {
      return TooMuch(
          absl::StrFormat("the request has more than %d series; send several", kMostPushedSeries));
    }
    times_.insert(time_ms);
    if (times_.size() * series_ > kMostPushedCells) {
      return TooMuch(
          absl::StrFormat("the request has %d series and %d times, and may have %d "
                          "values in all; send several",
                          series_, times_.size(), kMostPushedCells));
    }
    const auto [known, first] = series->second.emplace(time_ms, sample.value());
    if (!first && std::bit_cast<std::uint64_t>(known->second) !=
                      std::bit_cast<std::uint64_t>(sample.value())) {
      return Wrong(absl::StrFormat("%s has two values at %s, %g and %g",
                                   SeriesText(metric, series->first), TextOfTime(time_ms),
                                   known->second, sample.value()));
    }
    return absl::OkStatus();
  }

  const std::int64_t default_ms_;
  const std::int64_t oldest_ms_;
  const std::int64_t newest_ms_;
  Drafts drafts_;
  std::set<std::int64_t> times_;
  std::size_t series_ = 0;
};

MetricType ModelType(v1::MetricType type) {
  if (type == v1::METRIC_TYPE_COUNTER) return MetricType::kCounter;
  return type == v1::METRIC_TYPE_GAUGE ? MetricType::kGauge : MetricType::kUntyped;
}

absl::StatusOr<SchemaPtr> SchemaOf(const Drafts& drafts, std::vector<std::string>* names) {
  std::vector<MetricFamily> families;
  std::vector<Series> series;
  for (const auto& [name, draft] : drafts) {
    families.push_back({.name = name,
                        .type = ModelType(draft.metric->type()),
                        .unit = draft.metric->unit(),
                        .help = draft.metric->help(),
                        .label_names = {draft.label_names.begin(), draft.label_names.end()}});
    for (const auto& [labels, samples] : draft.series) {
      Series one{.family = static_cast<int>(families.size()) - 1};
      for (const std::string& label : draft.label_names) {
        const auto found = labels.find(label);
        one.label_values.push_back(found == labels.end() ? "" : found->second);
      }
      series.push_back(std::move(one));
      std::string& spelling = names->emplace_back(name);
      for (const auto& [label, value] : labels) {
        spelling.append(1, '\0').append(label).append(1, '\0').append(value);
      }
    }
  }
  return Schema::Create(std::move(families), std::move(series));
}

void FillFrames(const Reading& reading, const SchemaPtr& schema, PushedMetrics* pushed) {
  std::map<std::int64_t, std::shared_ptr<Frame>> rows;
  for (const std::int64_t time_ms : reading.times()) {
    rows[time_ms] = std::make_shared<Frame>(
        Frame{.host = pushed->host.id,
              .source = pushed->source,
              .schema = schema,
              .time = absl::FromUnixMillis(time_ms),
              .values = std::vector<double>(reading.series(), AbsentValue()),
              .part = true,
              .outcome = pushed->outcome});
  }
  std::size_t column = 0;
  for (const auto& [name, draft] : reading.drafts()) {
    for (const auto& [labels, samples] : draft.series) {
      for (const auto& [time_ms, value] : samples) {
        rows[time_ms]->values[column] = StoredNan(value);
        ++pushed->samples;
      }
      ++column;
    }
  }
  for (auto& [time_ms, frame] : rows) pushed->frames.push_back(std::move(frame));
}

// Counts the fields `number` of a message, and adds what `count` returns for each. Stops where it
// is more than `most`.
template <typename Count>
absl::StatusOr<std::size_t> CountFields(std::string_view message, std::uint32_t number,
                                        const Count& count) {
  std::size_t sum = 0;
  WireReader reader(message);
  while (reader.Next()) {
    if (!reader.Is(number, WireType::kBytes)) continue;
    ASSIGN_OR_RETURN(const std::size_t inner, count(reader.bytes()));
    sum += 1 + inner;
    if (sum > kMostSamples * 2) {
      return TooMuch("the request holds too many metrics, samples and labels; send several");
    }
  }
  if (!reader.ok()) return Wrong("read the request: it is not a PushMetricsRequest");
  return sum;
}

}  // namespace

absl::Status CheckPushedShape(std::string_view request) {
  const auto leaf = [](std::string_view) -> absl::StatusOr<std::size_t> { return 0; };
  const auto sample = [&](std::string_view bytes) {
    return CountFields(bytes, v1::PushedSample::kLabelsFieldNumber, leaf);
  };
  const auto metric = [&](std::string_view bytes) {
    return CountFields(bytes, v1::PushedMetric::kSamplesFieldNumber, sample);
  };
  return CountFields(request, v1::PushMetricsRequest::kMetricsFieldNumber, metric).status();
}

absl::StatusOr<std::string> PushedHostId(const v1::PushMetricsRequest& request) {
  const std::string_view id = HostIdOf(request.host());
  if (id.empty()) return Wrong("the request names no host; set host to an id such as web-1");
  if (!IsHostId(id)) {
    return Wrong(absl::StrFormat(
        "host %s is not a host id; it is up to 63 of a-z, 0-9 and -, such as web-1", Quoted(id)));
  }
  return std::string(id);
}

absl::StatusOr<std::string> PushedSource(const v1::PushMetricsRequest& request) {
  std::string_view name = request.source();
  if (IsCustomSource(name)) name.remove_prefix(kCustomSource.size());
  if (request.source().empty()) name = kDefaultSource;
  const bool fits = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
  if (name.empty() || !fits || name.size() > kLongestSourceName) {
    return Wrong(absl::StrFormat(
        "source %s cannot be; a source is named by up to %d letters, digits, '.', '_' and '-'",
        Quoted(request.source()), kLongestSourceName));
  }
  return std::string(kCustomSource) + std::string(name);
}

absl::StatusOr<PushedMetrics> ToFrames(const v1::PushMetricsRequest& request, absl::Time now,
                                       const KeptTimes& times, SchemaPool* schemas) {
  PushedMetrics pushed;
  ASSIGN_OR_RETURN(pushed.host.id, PushedHostId(request));
  ASSIGN_OR_RETURN(pushed.source, PushedSource(request));
  RETURN_IF_ERROR(CheckLength("the hostname", request.hostname(), kLongestHostname));
  pushed.host.hostname = request.hostname();
  std::int64_t time_ms = absl::ToUnixMillis(now);
  if (request.has_sample_time()) {
    ASSIGN_OR_RETURN(time_ms, MillisOf(request.sample_time(), "the request"));
  }
  if (request.metrics().empty()) return Wrong("the request holds no metrics");
  Reading reading(time_ms, times);
  for (int i = 0; i < request.metrics_size(); ++i) {
    RETURN_IF_ERROR(reading.Add(request.metrics(i), i));
  }
  ASSIGN_OR_RETURN(SchemaPtr schema, SchemaOf(reading.drafts(), &pushed.series));
  schema = schemas->Share(std::move(schema));
  pushed.outcome = std::make_shared<FrameOutcome>();
  FillFrames(reading, schema, &pushed);
  return pushed;
}

}  // namespace syspulse
