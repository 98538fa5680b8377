// `/api/v1/write`: Prometheus' remote write, version 1.0, for Prometheus, vmagent, Grafana Alloy
// and the OpenTelemetry Collector. https://prometheus.io/docs/specs/prw/remote_write_spec/
//
// The body goes to the service as it came, compressed. What a sender does next depends on the
// status: after 5xx it sends the same again, after 4xx never.
#ifndef WEB_GATEWAY_SERVER_PROMETHEUS_WRITE_H_
#define WEB_GATEWAY_SERVER_PROMETHEUS_WRITE_H_

#include <memory>
#include <optional>
#include <string_view>

#include "web-gateway/server/exchange.h"
#include "web-gateway/server/upstream.h"

namespace syspulse {

// Whether `path`, not decoded, takes remote write.
bool IsPrometheusWritePath(std::string_view path);

// Returns the answer to a request of another protocol than remote write 1.0, or nothing if it may
// be one: 405 for another method, 415 for other content, remote write 2.0 among it.
std::optional<HttpResponse> RefuseOtherWrites(const HttpRequest& request);

// Gives `exchange`, which is not refused, the handler that will answer. `upstream` must outlive the
// exchange.
void AnswerPrometheusWrite(const std::shared_ptr<Exchange>& exchange, Upstream* upstream);

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_PROMETHEUS_WRITE_H_
