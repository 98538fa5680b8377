#include "web-gateway/server/unary_call.h"

#include <boost/asio/post.hpp>
#include <utility>

namespace syspulse {

UnaryCall::UnaryCall(Upstream* upstream, grpc::ByteBuffer message, BodyShare share, Done done)
    : upstream_(upstream),
      message_(std::move(message)),
      share_(std::move(share)),
      done_(std::move(done)),
      work_(upstream->io()->get_executor()) {}

std::shared_ptr<UnaryCall> UnaryCall::Start(Upstream* upstream, const UpstreamRequest& request,
                                            grpc::ByteBuffer message, BodyShare share, Done done) {
  std::shared_ptr<UnaryCall> call(
      new UnaryCall(upstream, std::move(message), std::move(share), std::move(done)));
  FillContext(request, &call->context_);
  upstream->stub()->UnaryCall(&call->context_, request.method, {}, &call->message_, &call->answer_,
                              [call](const grpc::Status& status) {
                                boost::asio::post(*call->upstream_->io(),
                                                  [call, status] { call->HandleDone(status); });
                              });
  return call;
}

void UnaryCall::Cancel() {
  done_ = nullptr;
  context_.TryCancel();
}

void UnaryCall::HandleDone(const grpc::Status& status) {
  work_.reset();
  share_ = {};  // here, as the last to let go of the call may be a thread of gRPC's
  if (const Done done = std::exchange(done_, nullptr)) done(upstream_->Explain(status), answer_);
}

}  // namespace syspulse
