#include "web-gateway/server/body_call.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "web-gateway/server/body_budget.h"
#include "web-gateway/server/limits.h"
#include "web-gateway/server/metadata.h"
#include "web-gateway/server/rpc_status.h"
#include "web-gateway/server/unary_call.h"

namespace syspulse {
namespace {

class BodyCallHandler final : public ExchangeHandler,
                              public std::enable_shared_from_this<BodyCallHandler> {
 public:
  BodyCallHandler(std::shared_ptr<Exchange> exchange, Upstream* upstream, Metadata metadata,
                  BodyCallSteps steps)
      : exchange_(std::move(exchange)),
        upstream_(upstream),
        metadata_(std::move(metadata)),
        steps_(std::move(steps)) {}
  ~BodyCallHandler() override { Cancel(); }

  void OnBody(std::string_view bytes, bool last) override {
    const auto self = shared_from_this();
    if (begun_) return;
    if (last && body_.empty()) {
      Send(bytes);
      return;
    }
    body_.append(bytes);
    if (body_.size() > kMaxBodyBytes) {
      begun_ = true;
      Answer(
          grpc::Status(grpc::StatusCode::OUT_OF_RANGE,
                       absl::StrFormat("the body of a request may have %d bytes", kMaxBodyBytes)));
    } else if (last) {
      Send(body_);
      body_ = {};
    }
  }

  void OnNoRoom() override {
    begun_ = true;
    body_ = {};
    HttpResponse answer =
        steps_.answer(grpc::Status(grpc::StatusCode::UNAVAILABLE, std::string(kNoRoomForBody)), {});
    answer.headers.emplace_back("retry-after", kNoRoomRetrySeconds);
    exchange_->Respond(std::move(answer));
  }

  void OnGone() override { Cancel(); }

 private:
  void Send(std::string_view body) {
    begun_ = true;
    absl::StatusOr<grpc::ByteBuffer> message = steps_.pack(body);
    if (!message.ok()) {
      Answer(ToGrpcStatus(message.status()));
      return;
    }
    // What was compressed takes more room than it came with.
    const std::size_t bytes = std::max(body.size(), message->Length());
    BodyShare* const share = exchange_->body_share();
    if (bytes > share->bytes() && !share->Grow(bytes - share->bytes())) {
      OnNoRoom();
      return;
    }
    call_ = UnaryCall::Start(
        upstream_, {.method = steps_.method, .metadata = metadata_, .timeout = steps_.timeout},
        *std::move(message), share->Split(bytes),
        [this](const grpc::Status& status, const grpc::ByteBuffer& answer) {
          const auto self = shared_from_this();
          call_.reset();
          Answer(status, answer);
        });
  }

  void Answer(const grpc::Status& status, const grpc::ByteBuffer& message = {}) {
    exchange_->Respond(steps_.answer(status, message));
  }

  void Cancel() {
    if (call_) call_->Cancel();
    call_.reset();
  }

  const std::shared_ptr<Exchange> exchange_;
  Upstream* const upstream_;
  const Metadata metadata_;
  const BodyCallSteps steps_;
  std::shared_ptr<UnaryCall> call_;
  // The request's body so far, where it comes in pieces.
  std::string body_;
  // The request is complete, or too long.
  bool begun_ = false;
};

}  // namespace

int BodyCallStatusOf(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::OUT_OF_RANGE:
      return 413;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::ABORTED:
      return 503;
    default:
      return HttpStatusOf(code);
  }
}

void AnswerByCall(const std::shared_ptr<Exchange>& exchange, Upstream* upstream,
                  BodyCallSteps steps) {
  auto metadata = ToMetadata(exchange->request().headers);
  if (!metadata.ok()) {
    exchange->Respond(steps.answer(ToGrpcStatus(metadata.status()), {}));
    return;
  }
  exchange->set_handler(std::make_shared<BodyCallHandler>(exchange, upstream, std::move(*metadata),
                                                          std::move(steps)));
}

}  // namespace syspulse
