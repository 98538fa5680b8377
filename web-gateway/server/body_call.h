// A request whose whole body becomes one unary call, and whose answer is made of the call's: the
// ways in that speak neither JSON of ours nor gRPC.
#ifndef WEB_GATEWAY_SERVER_BODY_CALL_H_
#define WEB_GATEWAY_SERVER_BODY_CALL_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "web-gateway/server/exchange.h"
#include "web-gateway/server/upstream.h"

namespace syspulse {

struct BodyCallSteps {
  // `/syspulse.v1.IngestService/WriteSeries`.
  std::string method;
  absl::Duration timeout;
  // Returns the request's message, or what is wrong with the body.
  std::function<absl::StatusOr<grpc::ByteBuffer>(std::string_view body)> pack;
  // Returns the answer to how it went. The status is that of the call, or OutOfRange if the body is
  // too long, Unavailable if there is no room for it, or what `pack` or the headers' check said.
  std::function<HttpResponse(const grpc::Status& status, const grpc::ByteBuffer& message)> answer;
};

// Returns the HTTP status of how it went: 413 for a body that is too long, 503 for what may come
// again, HttpStatusOf for all else.
int BodyCallStatusOf(grpc::StatusCode code);

// Gives `exchange` the handler that will answer. `upstream` must outlive the exchange.
void AnswerByCall(const std::shared_ptr<Exchange>& exchange, Upstream* upstream,
                  BodyCallSteps steps);

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_BODY_CALL_H_
