// `/api/v1/metadata`: what metrics mean, for whoever writes a query.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "services/base/text.h"
#include "services/model/metric_type_proto.h"
#include "syspulse/v1/metrics_service.pb.h"
#include "web-gateway/server/prometheus_endpoint.h"

namespace syspulse {
namespace {

constexpr std::int32_t kPageSize = 10'000;  // the most that ListMetrics gives
constexpr absl::Duration kPageTimeout = absl::Seconds(20);

std::string MetricJson(const v1::Metric& metric) {
  const v1::MetricFamily& family = metric.family();
  std::string json = "{\"type\":";
  AppendPrometheusString(MetricTypeName(family.type()), &json);
  json += ",\"help\":";
  AppendPrometheusString(family.help(), &json);
  // In the text format, through which Prometheus learns of agents' metrics, there is no unit.
  json += ",\"unit\":";
  AppendPrometheusString(metric.remote_write() ? family.unit() : "", &json);
  return json + "}";
}

class MetadataEndpoint final : public PrometheusEndpoint {
 public:
  PrometheusStep Begin(const PrometheusParameters& parameters) override {
    if (const std::string_view text = parameters.Get("limit"); !text.empty()) {
      std::string_view digits = text;
      if (digits.starts_with('+')) digits.remove_prefix(1);
      limit_ = ParseNumber<std::int64_t>(digits);
      if (!limit_ || text.starts_with("+-")) {
        return PrometheusError{.text = "limit must be a number"};
      }
      if (*limit_ < 0) limit_.reset();
    }
    metric_ = parameters.Get("metric");
    request_.set_page_size(kPageSize);
    return Ask();
  }

  PrometheusStep Take(std::string_view message) override {
    v1::ListMetricsResponse page;
    if (!page.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
      return PrometheusError{500, "internal", "the service sent a list that cannot be read"};
    }
    for (const v1::Metric& metric : page.metrics()) {
      const v1::MetricFamily& family = metric.family();
      if (!metric_.empty() && family.name() != metric_) continue;
      families_.emplace(family.name(), MetricJson(metric));
    }
    if (!page.next_page_token().empty()) {
      request_.set_page_token(page.next_page_token());
      return Ask();
    }
    return WholeBody(DataJson());
  }

 private:
  PrometheusCall Ask() const {
    return {.method = "/syspulse.v1.MetricsService/ListMetrics",
            .request = request_.SerializeAsString(),
            .timeout = kPageTimeout};
  }

  std::string DataJson() const {
    std::string json = "{";
    std::int64_t count = 0;
    for (const auto& [name, family] : families_) {
      if (limit_ && count++ >= *limit_) break;
      if (json.size() > 1) json.push_back(',');
      AppendPrometheusString(name, &json);
      json += ":[" + family + "]";
    }
    return json + "}";
  }

  v1::ListMetricsRequest request_;
  std::string metric_;
  std::optional<std::int64_t> limit_;
  std::map<std::string, std::string> families_;
};

}  // namespace

std::unique_ptr<PrometheusEndpoint> NewMetadataEndpoint() {
  return std::make_unique<MetadataEndpoint>();
}

}  // namespace syspulse
