#include "services/callbacks/run_in_callback.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <memory>
#include <utility>

namespace syspulse {
namespace {

struct Call {
  grpc::ClientContext context;
  grpc::Slice nothing;
  grpc::ByteBuffer request{&nothing, 1};
  grpc::ByteBuffer answer;
};

// Returns the stub of a channel to nowhere: it has no credentials, so every call fails at once. It
// is never let go of: the last to do that would wait for gRPC's threads, and may be one of them.
grpc::GenericStub* Nowhere() {
  static grpc::GenericStub* const stub = new grpc::GenericStub(grpc::CreateChannel("", nullptr));
  return stub;
}

}  // namespace

// The end of a call is a callback.
void RunInCallback(std::function<void()> what) {
  const auto call = std::make_shared<Call>();
  Nowhere()->UnaryCall(&call->context, "/", {}, &call->request, &call->answer,
                       [call, what = std::move(what)](const grpc::Status&) { what(); });
}

}  // namespace syspulse
