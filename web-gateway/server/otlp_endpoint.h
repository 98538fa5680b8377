// `/v1/metrics`: metrics of OpenTelemetry by OTLP/HTTP, as protobuf or JSON, compressed or not.
// https://opentelemetry.io/docs/specs/otlp/#otlphttp
//
// Errors come in the form of the request: a google.rpc.Status. What a sender does next depends on
// the status: after 429, 502, 503 and 504 it sends the same again, after others never.
#ifndef WEB_GATEWAY_SERVER_OTLP_ENDPOINT_H_
#define WEB_GATEWAY_SERVER_OTLP_ENDPOINT_H_

#include <google/protobuf/descriptor.h>

#include <memory>
#include <optional>
#include <string_view>

#include "web-gateway/server/exchange.h"
#include "web-gateway/server/json_codec.h"
#include "web-gateway/server/upstream.h"

namespace syspulse {

// Whether `path`, not decoded, takes OTLP.
bool IsOtlpPath(std::string_view path);

// Returns the answer to a request of another form than OTLP/HTTP has, or nothing if it may be one:
// 405 for another method than POST, 415 for other content.
std::optional<HttpResponse> RefuseOtherOtlp(const HttpRequest& request);

// Gives the exchange, which is not refused, the handler that will answer. All that is pointed to
// must outlive the exchange.
void AnswerOtlp(const std::shared_ptr<Exchange>& exchange, Upstream* upstream,
                const google::protobuf::DescriptorPool* pool, const JsonCodec* codec);

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_OTLP_ENDPOINT_H_
