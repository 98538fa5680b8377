#include "web-gateway/server/rpc_handler.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "web-gateway/server/frame.h"
#include "web-gateway/server/rpc_status.h"

namespace syspulse {
namespace {

// A stream may have nothing to say for long, and its client should know that it is open. Errors
// that the service finds in a request come sooner than this and still decide the HTTP status.
constexpr std::chrono::milliseconds kHeadDelay(500);

// Requests that wait for the service; a client that sends faster than it takes them is cut off.
constexpr std::size_t kMaxPendingBytes = 2 * kMaxMessageBytes;

constexpr const char* kStopping = "the gateway is stopping; connect again";
// A message that is answered also while the gateway stops: JSON of it takes a millisecond or two.
constexpr std::size_t kQuickBytes = 64 << 10;

// A unary call whose client sets no deadline: longer than any answer takes, short enough that a
// service that hangs does not keep connections for ever.
constexpr absl::Duration kUnaryTimeout = absl::Seconds(60);

}  // namespace

void RpcHandler::Attach(const std::shared_ptr<Exchange>& exchange, Upstream* upstream,
                        RpcShape shape, UpstreamRequest request,
                        std::unique_ptr<RpcProtocol> protocol) {
  if (shape.single_request && shape.single_response && !request.timeout) {
    request.timeout = kUnaryTimeout;
  }
  std::shared_ptr<RpcHandler> handler(
      new RpcHandler(exchange, upstream, shape, std::move(request), std::move(protocol)));
  exchange->set_handler(handler);
  // The service may have to speak first.
  if (!shape.single_request && exchange->full_duplex()) handler->OpenCall();
}

RpcHandler::RpcHandler(std::shared_ptr<Exchange> exchange, Upstream* upstream, RpcShape shape,
                       UpstreamRequest request, std::unique_ptr<RpcProtocol> protocol)
    : exchange_(std::move(exchange)),
      upstream_(upstream),
      shape_(shape),
      request_(std::move(request)),
      protocol_(std::move(protocol)),
      head_timer_(*upstream->io()) {}

RpcHandler::~RpcHandler() {
  if (call_ && !done_) call_->Cancel();
}

void RpcHandler::OpenCall() {
  if (call_) return;
  call_ = UpstreamCall::Create(upstream_, this, request_);
  if (!shape_.single_request) call_->Start();
  if (shape_.single_response) return;
  head_timer_.expires_after(kHeadDelay);
  head_timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!error && self && !self->finished_) self->StartAnswer();
  });
}

void RpcHandler::OnBody(std::string_view bytes, bool last) {
  const auto self = shared_from_this();
  if (finished_) return;
  if (const absl::Status status = TakeBody(bytes, last); !status.ok()) {
    Fail(ToGrpcStatus(status));
  }
}

absl::Status RpcHandler::TakeBody(std::string_view bytes, bool last) {
  std::vector<std::string> messages;
  RETURN_IF_ERROR(protocol_->Decode(bytes, last, &messages));
  request_count_ += static_cast<int>(messages.size());
  if (shape_.single_request && (request_count_ > 1 || (last && request_count_ == 0))) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s takes exactly one message; the request holds %s", request_.method,
                        request_count_ == 0 ? "none" : "more"));
  }
  if (shape_.single_request && !last && messages.empty()) return absl::OkStatus();
  OpenCall();
  BodyShare* const share = exchange_->body_share();
  for (const std::string& message : messages) call_->Write(message, share->Split(message.size()));
  if (!messages.empty()) share->Shrink(protocol_->held_bytes());
  if (call_->pending_bytes() > kMaxPendingBytes) {
    return absl::ResourceExhaustedError("the service does not take messages as fast as they come");
  }
  if (last) {
    call_->WritesDone();
    if (shape_.single_request) call_->Start();
  }
  return absl::OkStatus();
}

void RpcHandler::OnNoRoom() {
  const auto self = shared_from_this();
  if (finished_) return;
  result_.headers = {{"retry-after", kNoRoomRetrySeconds}};
  Fail(grpc::Status(grpc::StatusCode::UNAVAILABLE, std::string(kNoRoomForBody)));
}

void RpcHandler::OnGone() {
  finished_ = true;
  head_timer_.cancel();
  if (call_ && !done_) call_->Cancel();
  call_.reset();
}

void RpcHandler::OnStop() {
  if (shape_.single_response || finished_ || done_) return;
  Fail(grpc::Status(grpc::StatusCode::UNAVAILABLE, kStopping));
}

void RpcHandler::OnUpstreamHeaders(const Metadata& headers) {
  result_.headers = headers;
  if (!shape_.single_response && !finished_) StartAnswer();
}

void RpcHandler::OnUpstreamMessage(std::string message) {
  const auto self = shared_from_this();
  if (finished_) return;
  if (shape_.single_response) {
    if (result_.message) {
      Fail(grpc::Status(grpc::StatusCode::INTERNAL, "the service sent more than one answer"));
      return;
    }
    result_.message = std::move(message);
    call_->Read();  // for the end of the call
    return;
  }
  const absl::StatusOr<std::string> piece = protocol_->StreamMessage(message);
  if (!piece.ok()) {
    Fail(ToGrpcStatus(piece.status()));
    return;
  }
  StartAnswer();
  writing_ = true;
  exchange_->Write(*piece, [weak = weak_from_this()] {
    const auto handler = weak.lock();
    if (!handler || handler->finished_) return;
    handler->writing_ = false;
    if (handler->done_) {
      handler->Finish();
    } else {
      handler->call_->Read();
    }
  });
}

void RpcHandler::StartAnswer() {
  if (streaming_) return;
  streaming_ = true;
  head_timer_.cancel();
  exchange_->StartStream(protocol_->StreamHead(result_.headers));
}

void RpcHandler::OnUpstreamDone(const grpc::Status& status, const Metadata& trailers) {
  const auto self = shared_from_this();
  done_ = true;
  if (finished_) return;
  result_.status = status;
  result_.trailers = trailers;
  if (status.ok() && shape_.single_response && !result_.message) {
    result_.status = grpc::Status(grpc::StatusCode::INTERNAL, "the service sent no answer");
  }
  if (result_.message && upstream_->is_stopping() && result_.message->size() > kQuickBytes) {
    result_.message.reset();
    result_.status = grpc::Status(grpc::StatusCode::UNAVAILABLE, kStopping);
  }
  if (!writing_) Finish();
}

void RpcHandler::Fail(const grpc::Status& status) {
  if (call_ && !done_) call_->Cancel();
  done_ = true;
  result_.status = status;
  if (!writing_) Finish();
}

void RpcHandler::Finish() {
  const auto self = shared_from_this();
  if (finished_) return;
  finished_ = true;
  head_timer_.cancel();
  if (!streaming_) {
    // A stream that ends well without a message is a stream all the same.
    if (shape_.single_response || !result_.status.ok()) {
      exchange_->Respond(protocol_->Answer(result_));
      return;
    }
    StartAnswer();
  }
  std::string end = protocol_->StreamEnd(result_.status, result_.trailers);
  if (end.empty()) {
    exchange_->End();
    return;
  }
  exchange_->Write(std::move(end), [exchange = exchange_] { exchange->End(); });
}

}  // namespace syspulse
