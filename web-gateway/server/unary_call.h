// One call to the service with one message each way, in bytes.
//
// An UpstreamCall can do the same, but hears of the headers, the message and the end one by one:
// each wakes a thread. Here gRPC works all off at once, for what comes hundreds of times a second.
#ifndef WEB_GATEWAY_SERVER_UNARY_CALL_H_
#define WEB_GATEWAY_SERVER_UNARY_CALL_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "web-gateway/server/body_budget.h"
#include "web-gateway/server/upstream.h"
#include "web-gateway/server/upstream_call.h"

namespace syspulse {

// Confined to the gateway's thread. Lives until gRPC has let go of it.
class UnaryCall final : public std::enable_shared_from_this<UnaryCall> {
 public:
  // Hears how the call ended, on the gateway's thread, unless it was cancelled.
  using Done = std::function<void(const grpc::Status& status, const grpc::ByteBuffer& answer)>;

  // Sends the call. `upstream` must outlive it. What `share` has is given back when it has ended.
  static std::shared_ptr<UnaryCall> Start(Upstream* upstream, const UpstreamRequest& request,
                                          grpc::ByteBuffer message, BodyShare share, Done done);
  UnaryCall(const UnaryCall&) = delete;
  UnaryCall& operator=(const UnaryCall&) = delete;

  // Ends the call early. Nobody is told anything more.
  void Cancel();

 private:
  UnaryCall(Upstream* upstream, grpc::ByteBuffer message, BodyShare share, Done done);

  void HandleDone(const grpc::Status& status);

  Upstream* const upstream_;
  const grpc::ByteBuffer message_;
  BodyShare share_;
  grpc::ByteBuffer answer_;
  grpc::ClientContext context_;
  Done done_;  // null once it was called, or the call is cancelled
  // Keeps the gateway's thread running while gRPC has the call.
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_UNARY_CALL_H_
