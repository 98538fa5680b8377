// Prometheus' HTTP API, for Grafana and whatever else speaks it.
//
// Answers are those of Prometheus 2.42, to the byte: what asks Prometheus may ask the gateway.
// https://prometheus.io/docs/prometheus/latest/querying/api/
#ifndef WEB_GATEWAY_SERVER_PROMETHEUS_API_H_
#define WEB_GATEWAY_SERVER_PROMETHEUS_API_H_

#include <memory>
#include <string_view>

#include "web-gateway/server/exchange.h"
#include "web-gateway/server/upstream.h"

namespace syspulse {

// Whether `path`, not decoded, is of Prometheus' API.
bool IsPrometheusPath(std::string_view path);

// Whether `path` takes POST, whose body is a form.
bool TakesPrometheusForm(std::string_view path);

// Answers a request for a path of Prometheus' API, or gives `exchange` the handler that will.
// `upstream` must outlive the exchange.
void AnswerPrometheus(const std::shared_ptr<Exchange>& exchange, Upstream* upstream);

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_PROMETHEUS_API_H_
