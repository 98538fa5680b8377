#include "services/otlp/translation.h"

#include <algorithm>
#include <bit>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/otlp/attributes.h"
#include "services/otlp/metric_names.h"
#include "services/otlp/number_text.h"
#include "services/otlp/points.h"
#include "services/remote_write/label_set.h"
#include "services/remote_write/wire_reader.h"

namespace syspulse {
namespace {

using Labels = std::map<std::string, std::string>;

constexpr std::string_view kName = "__name__";
constexpr std::size_t kLongestName = 512;  // of a metric
constexpr std::size_t kLongestQuote = 80;
const double kStale = std::bit_cast<double>(std::uint64_t{0x7ff0000000000002});  // of Prometheus

// Fields of a Metric that are its points.
enum Data : std::uint32_t {
  kGauge = 5,
  kSum = 7,
  kHistogram = 9,
  kExponential = 10,
  kSummary = 11
};
constexpr std::uint64_t kCumulative = 2;  // AggregationTemporality

absl::Status NoRequest() {
  return absl::InvalidArgumentError("read the request: it is not an ExportMetricsServiceRequest");
}

// Calls `take` with each field `number` of a message that is bytes.
template <typename Take>
absl::Status ForEach(std::string_view message, std::uint32_t number, const Take& take) {
  WireReader reader(message);
  while (reader.Next()) {
    if (reader.Is(number, WireType::kBytes)) RETURN_IF_ERROR(take(reader.bytes()));
  }
  return reader.ok() ? absl::OkStatus() : NoRequest();
}

struct Resource {
  Labels target;  // job, instance, host
  Labels others;  // of target_info
  std::int64_t latest_ms = 0;
};

absl::StatusOr<Resource> ParseResource(std::string_view resource_metrics) {
  Attributes attributes;
  RETURN_IF_ERROR(ForEach(resource_metrics, 1, [&](std::string_view resource) {
    return ForEach(resource, 1,
                   [&](std::string_view one) { return AddAttribute(one, &attributes); });
  }));
  const auto take = [&](std::string_view name) {
    const auto found = attributes.find(name);
    return found == attributes.end() ? "" : found->second;
  };
  std::string job = take("service.name");
  if (const std::string space = take("service.namespace"); !space.empty()) job = space + "/" + job;
  if (take("service.name").empty()) job.clear();
  const std::string host = take("host.name").empty() ? take("host.id") : take("host.name");
  std::string instance = take("service.instance.id");
  if (instance.empty()) instance = host;
  for (const char* const name : {"service.name", "service.namespace", "service.instance.id"}) {
    attributes.erase(name);
  }
  Resource resource{.others = LabelsOfAttributes(attributes)};
  if (!job.empty()) resource.target["job"] = job;
  if (!instance.empty()) resource.target["instance"] = instance;
  if (!host.empty()) resource.target["host"] = host;
  return resource;
}

struct Metric {
  std::string_view name;  // as sent
  std::string_view unit;
  std::string_view description;
  std::uint32_t kind = 0;  // Data
  std::string_view data;
  std::uint64_t temporality = 0;
  bool monotonic = false;
};

absl::StatusOr<Metric> ParseMetric(std::string_view message) {
  Metric metric;
  std::uint32_t kind = 0;
  WireReader reader(message);
  while (reader.Next()) {
    if (reader.Is(1, WireType::kBytes)) metric.name = reader.bytes();
    if (reader.Is(2, WireType::kBytes)) metric.description = reader.bytes();
    if (reader.Is(3, WireType::kBytes)) metric.unit = reader.bytes();
    for (const Data data : {kGauge, kSum, kHistogram, kExponential, kSummary}) {
      if (!reader.Is(data, WireType::kBytes)) continue;
      kind = data;
      metric.data = reader.bytes();
    }
  }
  WireReader inner(metric.data);
  while (inner.Next()) {
    if (inner.Is(2, WireType::kVarint)) metric.temporality = inner.value();
    if (inner.Is(3, WireType::kVarint)) metric.monotonic = inner.value() != 0;
  }
  if (!reader.ok() || !inner.ok()) return NoRequest();
  metric.kind = kind;
  return metric;
}

// Returns why no point of a metric can be kept; OK if they may be.
absl::Status CheckMetric(const Metric& metric, std::string_view name) {
  const std::string shown = ToUtf8(metric.name.substr(0, kLongestQuote));
  if (name.empty() || name.size() > kLongestName) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "'%s', %d bytes, cannot be the name of a metric", shown, metric.name.size()));
  }
  if (metric.kind == kExponential) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s is an exponential histogram, which cannot be kept; send one with explicit bounds",
        shown));
  }
  if ((metric.kind == kSum || metric.kind == kHistogram) && metric.temporality != kCumulative) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s is not cumulative; set OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=cumulative",
        shown));
  }
  return absl::OkStatus();
}

class Translation {
 public:
  Translation(SeriesWriter* writer, MetadataBook* metadata) : writer_(writer), metadata_(metadata) {
    writer_->Begin();
  }

  absl::Status TakeResource(std::string_view message) {
    absl::StatusOr<Resource> resource = ParseResource(message);
    // A resource that cannot be costs its own points.
    const absl::Status named = resource.status();
    resource_ = named.ok() ? *std::move(resource) : Resource();
    RETURN_IF_ERROR(ForEach(message, 2, [&](std::string_view scope_metrics) {
      return ForEach(scope_metrics, 2,
                     [&](std::string_view metric) { return TakeMetric(metric, named); });
    }));
    AddTargetInfo();
    return absl::OkStatus();
  }

  OtlpParts Finish() {
    writer_->Finish(&out_.parts);
    return std::move(out_);
  }

 private:
  absl::Status TakeMetric(std::string_view message, const absl::Status& resource) {
    ASSIGN_OR_RETURN(const Metric metric, ParseMetric(message));
    const OtlpKind kind = metric.kind == kGauge                     ? OtlpKind::kGauge
                          : metric.kind == kSum && metric.monotonic ? OtlpKind::kCounter
                                                                    : OtlpKind::kOther;
    // Before it is made into a name, which would take as much again.
    name_ = metric.name.size() > kLongestName || metric.unit.size() > kLongestName
                ? ""
                : PrometheusMetricName(metric.name, metric.unit, kind);
    absl::Status fits = resource;
    if (fits.ok()) fits = CheckMetric(metric, name_);
    bool any = false;
    RETURN_IF_ERROR(ForEach(metric.data, 1, [&](std::string_view point) {
      TakePoint(metric, fits, point);
      any = true;
      return absl::OkStatus();
    }));
    if (any && fits.ok()) Describe(metric, kind);
    return absl::OkStatus();
  }

  void Describe(const Metric& metric, OtlpKind kind) {
    const std::string unit = PrometheusUnit(metric.unit);
    // Numbers of prometheus.MetricMetadata.MetricType. A sum that also shrinks is a gauge.
    std::uint64_t type = kind == OtlpKind::kCounter ? 1 : 2;
    if (metric.kind == kHistogram) type = 3;
    if (metric.kind == kSummary) type = 5;
    metadata_->Take({.type = type, .family = name_, .help = metric.description, .unit = unit});
  }

  // Whatever becomes of a point, the next one has its chance.
  void TakePoint(const Metric& metric, const absl::Status& fits, std::string_view message) {
    absl::Status taken = fits;
    const std::int64_t refused = out_.parts.refused_samples();
    if (taken.ok() && (metric.kind == kGauge || metric.kind == kSum)) {
      taken = TakeNumber(message);
    } else if (taken.ok() && metric.kind == kHistogram) {
      taken = TakeHistogram(message);
    } else if (taken.ok()) {
      taken = TakeSummary(message);
    }
    if (!taken.ok()) {
      ++out_.parts.invalid_samples;
      if (out_.parts.refusal.empty()) {
        out_.parts.refusal = fits.ok()
                                 ? absl::StrFormat("%s: %s", name_, std::string(taken.message()))
                                 : std::string(taken.message());
      }
    }
    if (out_.parts.refused_samples() != refused) ++out_.refused_points;
  }

  absl::Status TakeNumber(std::string_view message) {
    ASSIGN_OR_RETURN(const OtlpNumber point, ParseOtlpNumber(message));
    Open(point);
    Add(name_, point.value);
    return absl::OkStatus();
  }

  absl::Status TakeHistogram(std::string_view message) {
    ASSIGN_OR_RETURN(const OtlpHistogram point, ParseOtlpHistogram(message));
    Open(point);
    if (point.has_sum) Add(name_ + "_sum", point.sum);
    Add(name_ + "_count", point.count);
    double below = 0;
    for (std::size_t i = 0; i < point.bounds.size(); ++i) {
      below += point.bucket_counts[i];
      Add(name_ + "_bucket", below, "le", PlainNumberText(point.bounds[i]));
    }
    Add(name_ + "_bucket", point.count, "le", "+Inf");
    return absl::OkStatus();
  }

  absl::Status TakeSummary(std::string_view message) {
    ASSIGN_OR_RETURN(const OtlpSummary point, ParseOtlpSummary(message));
    Open(point);
    Add(name_ + "_sum", point.sum);
    Add(name_ + "_count", point.count);
    for (const auto& [quantile, value] : point.quantiles) {
      Add(name_, value, "quantile", PlainNumberText(quantile));
    }
    return absl::OkStatus();
  }

  // Makes the labels of a point's series, and notes its time.
  void Open(const OtlpPoint& point) {
    labels_ = LabelsOfAttributes(point.attributes);
    for (const auto& [name, value] : resource_.target) {
      if (name == "host") {
        labels_.emplace(name, value);  // a point may speak of another one
      } else {
        labels_[name] = value;
      }
    }
    time_ms_ = point.time_ms;
    ended_ = point.ended;
  }

  // Adds a sample of the point at hand, with one more label if `label` is not empty.
  void Add(const std::string& name, double value, const std::string& label = "",
           const std::string& label_value = "") {
    Labels labels = labels_;
    labels[std::string(kName)] = name;
    if (!label.empty()) labels[label] = label_value;
    fields_.clear();
    for (const auto& [key, text] : labels) {
      AppendLabelField({.name = key, .value = text}, &fields_);
    }
    const std::int64_t refused = out_.parts.refused_samples();
    const WrittenSample sample{.value = ended_ ? kStale : value, .time_ms = time_ms_};
    writer_->Add(fields_, {&sample, 1}, &out_.parts);
    if (out_.parts.refused_samples() == refused) {
      resource_.latest_ms = std::max(resource_.latest_ms, time_ms_);
    }
  }

  // What else is known of the resource, if there is more than its name, at its latest time.
  void AddTargetInfo() {
    const bool is_target =
        resource_.target.contains("job") || resource_.target.contains("instance");
    if (resource_.others.empty() || !is_target || resource_.latest_ms == 0) return;
    labels_ = resource_.others;
    for (const auto& [name, value] : resource_.target) labels_[name] = value;
    time_ms_ = resource_.latest_ms;
    ended_ = false;
    Add("target_info", 1);
    metadata_->Take({.type = 2, .family = "target_info", .help = "Target metadata"});
  }

  SeriesWriter* const writer_;
  MetadataBook* const metadata_;
  OtlpParts out_;
  Resource resource_;
  std::string name_;  // of the metric at hand
  Labels labels_;     // of the point at hand
  std::int64_t time_ms_ = 0;
  bool ended_ = false;
  std::string fields_;  // memory that is used again
};

}  // namespace

absl::StatusOr<OtlpParts> WriteOtlp(std::string_view request, SeriesWriter* writer,
                                    MetadataBook* metadata) {
  Translation translation(writer, metadata);
  const absl::Status read = ForEach(request, 1, [&](std::string_view resource_metrics) {
    return translation.TakeResource(resource_metrics);
  });
  OtlpParts out = translation.Finish();  // even so, as what was begun has to end
  RETURN_IF_ERROR(read);
  return out;
}

}  // namespace syspulse
