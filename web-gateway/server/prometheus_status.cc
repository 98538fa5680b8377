// What has an answer without the service: `/api/v1/status/buildinfo`, and what there is none of.
#include <memory>

#include "absl/strings/str_format.h"
#include "services/base/version.h"
#include "services/promql/parser.h"
#include "services/promql/quote.h"
#include "web-gateway/server/prometheus_endpoint.h"

namespace syspulse {
namespace {

class StatusEndpoint : public PrometheusEndpoint {
 public:
  PrometheusStep Take(std::string_view) final {
    return PrometheusError{500, "internal", "nothing was asked of the service"};
  }
};

// Clients such as Grafana choose by the version what they may ask for: it is that of the Prometheus
// whose language and API these are.
class BuildInfoEndpoint final : public StatusEndpoint {
 public:
  PrometheusStep Begin(const PrometheusParameters&) override {
    std::string json = "{\"version\":\"2.42.0\",\"revision\":";
    AppendPrometheusString(absl::StrFormat("syspulse-%s", kVersion), &json);
    return WholeBody(json +
                     ",\"branch\":\"\",\"buildUser\":\"\",\"buildDate\":\"\",\"goVersion\":\"\"}");
  }
};

// There are no recording and no alerting rules: the answer is that of a Prometheus without any.
class RulesEndpoint final : public StatusEndpoint {
 public:
  PrometheusStep Begin(const PrometheusParameters& parameters) override {
    const std::string_view type = parameters.Get("type");
    if (!type.empty() && type != "alert" && type != "record") {
      return BadData(InvalidParameter("type", "not supported value " + promql::Quote(type)));
    }
    return WholeBody("{\"groups\":[]}");
  }
};

class AlertsEndpoint final : public StatusEndpoint {
 public:
  PrometheusStep Begin(const PrometheusParameters&) override {
    return WholeBody("{\"alerts\":[]}");
  }
};

// Exemplars come from traces, which no metric of a host has.
class ExemplarsEndpoint final : public StatusEndpoint {
 public:
  PrometheusStep Begin(const PrometheusParameters& parameters) override {
    const auto start = TimeParameter(parameters, "start");
    if (!start.ok()) return BadData(start.status());
    const auto end = TimeParameter(parameters, "end");
    if (!end.ok()) return BadData(end.status());
    if (*start && *end && **end < **start) {
      return PrometheusError{.text = "end timestamp must not be before start timestamp"};
    }
    const auto query = promql::ParseExpr(parameters.Get("query"));
    if (!query.ok()) return BadData(query.status());
    return WholeBody("[]");
  }
};

}  // namespace

std::unique_ptr<PrometheusEndpoint> NewBuildInfoEndpoint() {
  return std::make_unique<BuildInfoEndpoint>();
}
std::unique_ptr<PrometheusEndpoint> NewRulesEndpoint() { return std::make_unique<RulesEndpoint>(); }
std::unique_ptr<PrometheusEndpoint> NewAlertsEndpoint() {
  return std::make_unique<AlertsEndpoint>();
}
std::unique_ptr<PrometheusEndpoint> NewExemplarsEndpoint() {
  return std::make_unique<ExemplarsEndpoint>();
}

}  // namespace syspulse
