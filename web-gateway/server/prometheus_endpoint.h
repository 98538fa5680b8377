// One call of Prometheus' HTTP API: what it asks of the service, and what it makes of the answers.
//
//   PrometheusStep step = endpoint->Begin(parameters);
//   while (the step is a PrometheusCall) step = endpoint->Take(the answer to that call);
//
// An endpoint serves one request, and does not know how calls are made.
#ifndef WEB_GATEWAY_SERVER_PROMETHEUS_ENDPOINT_H_
#define WEB_GATEWAY_SERVER_PROMETHEUS_ENDPOINT_H_

#include <grpcpp/support/status.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "web-gateway/server/prometheus_json.h"
#include "web-gateway/server/prometheus_parameters.h"

namespace syspulse {

// Asks the service.
struct PrometheusCall {
  // `/syspulse.v1.QueryService/Query`.
  std::string method;
  // The request, serialised.
  std::string request;
  // How long the answer may take.
  absl::Duration timeout;
};

// JSON that is written piece by piece, so that a large answer is never in memory whole, and nobody
// waits for all of it to be written.
struct PrometheusBody {
  std::string head;
  // How many times to call `append`.
  std::size_t count = 0;
  // Appends piece `index`, with what separates it from the one before.
  std::function<void(std::size_t index, std::string* json)> append;
  std::string tail;
};

using PrometheusStep = std::variant<PrometheusCall, PrometheusBody, PrometheusError>;

class PrometheusEndpoint {
 public:
  virtual ~PrometheusEndpoint() = default;
  // Returns what to do first. Once.
  virtual PrometheusStep Begin(const PrometheusParameters& parameters) = 0;
  // Returns what to do with the answer to the call before.
  virtual PrometheusStep Take(std::string_view message) = 0;
  // Returns how the failure of a call is told.
  virtual PrometheusError Explain(const grpc::Status& status) const;
};

// Returns the error that a wrong parameter is: its message is the text.
PrometheusError BadData(const absl::Status& status);

// Returns the body of an answer that is `data`, JSON.
PrometheusBody WholeBody(std::string_view data);

// `/api/v1/query`, `/api/v1/query_range`.
std::unique_ptr<PrometheusEndpoint> NewInstantQueryEndpoint();
std::unique_ptr<PrometheusEndpoint> NewRangeQueryEndpoint();
// `/api/v1/series`, `/api/v1/labels`, `/api/v1/label/<name>/values`; `name` is decoded.
std::unique_ptr<PrometheusEndpoint> NewSeriesEndpoint();
std::unique_ptr<PrometheusEndpoint> NewLabelsEndpoint();
std::unique_ptr<PrometheusEndpoint> NewLabelValuesEndpoint(std::string name);
// `/api/v1/metadata`.
std::unique_ptr<PrometheusEndpoint> NewMetadataEndpoint();
// `/api/v1/status/buildinfo`, `/api/v1/rules`, `/api/v1/alerts`, `/api/v1/query_exemplars`.
std::unique_ptr<PrometheusEndpoint> NewBuildInfoEndpoint();
std::unique_ptr<PrometheusEndpoint> NewRulesEndpoint();
std::unique_ptr<PrometheusEndpoint> NewAlertsEndpoint();
std::unique_ptr<PrometheusEndpoint> NewExemplarsEndpoint();

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_PROMETHEUS_ENDPOINT_H_
