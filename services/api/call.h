// How every rpc begins: may it be called, and what does it ask for.
#ifndef SERVICES_API_CALL_H_
#define SERVICES_API_CALL_H_

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/api/access.h"
#include "services/api/api_context.h"
#include "services/api/grpc_status.h"
#include "services/api/live_value.h"
#include "services/api/topic.h"
#include "services/api/watch_reactor.h"
#include "services/base/status_macros.h"

namespace syspulse {

// Reads a message that came raw. InvalidArgument if it is not of that type.
absl::Status ParseRaw(const grpc::ByteBuffer& raw, google::protobuf::Message* message);

// Answers a unary call: `function`, which fills the response, is called if the caller may.
template <typename Request, typename Function>
grpc::ServerUnaryReactor* Answer(const ApiContext& api, grpc::CallbackServerContext* context,
                                 const Request&, Function function) {
  absl::Status status = api.access->Check(*Request::descriptor());
  if (status.ok()) status = function();
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(ToGrpcStatus(status));
  return reactor;
}

// Opens a stream: `topics_of` turns the request into what to send.
template <typename Request, typename Function>
grpc::ServerWriteReactor<grpc::ByteBuffer>* Watch(const ApiContext& api, Envelope envelope,
                                                  const grpc::CallbackServerContext& context,
                                                  const grpc::ByteBuffer& raw, Function topics_of) {
  const auto topics = [&]() -> absl::StatusOr<std::vector<Topic>> {
    RETURN_IF_ERROR(api.access->Check(*Request::descriptor()));
    Request request;
    RETURN_IF_ERROR(ParseRaw(raw, &request));
    return topics_of(request);
  };
  return WatchReactor::Open(api, envelope, context, topics());
}

// Returns the only topic of a request.
template <typename Request>
absl::StatusOr<std::vector<Topic>> OneTopic(const Request& request) {
  ASSIGN_OR_RETURN(auto topic, ParseTopic(request));
  return std::vector<Topic>{std::move(topic)};
}

}  // namespace syspulse

#endif  // SERVICES_API_CALL_H_
