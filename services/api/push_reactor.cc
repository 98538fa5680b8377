#include "services/api/push_reactor.h"

#include <google/protobuf/arena.h>

#include <memory>
#include <utility>

#include "services/api/call.h"
#include "services/api/grpc_status.h"
#include "services/api/live_value.h"
#include "services/model/proto.h"

namespace syspulse {
namespace {

using ServerStream = grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;

// A stream that ends before it began.
class RefusedStream final : public ServerStream {
 public:
  explicit RefusedStream(const absl::Status& status) { Finish(ToGrpcStatus(status)); }
  void OnDone() override { delete this; }
};

}  // namespace

ServerStream* PushReactor::Open(const ApiContext& api, SchemaPool* pool, std::string address) {
  if (const absl::Status allowed = api.access->Check(*v1::PushFramesRequest::descriptor());
      !allowed.ok()) {
    return new RefusedStream(allowed);
  }
  auto reactor = std::make_shared<PushReactor>(api, pool, std::move(address));
  if (const absl::Status added = api.agents->Add(reactor); !added.ok()) {
    return new RefusedStream(added);
  }
  reactor->StartRead(&reactor->received_);
  return reactor.get();
}

PushReactor::PushReactor(const ApiContext& api, SchemaPool* pool, std::string address)
    : registry_(api.agents),
      keeper_(api.keeper),
      metrics_(api.metrics),
      session_(std::in_place, api.hub, api.keeper, api.fanout, pool, api.metrics, this,
               std::move(address)) {
  ++metrics_->agents;
  keeper_->AddListener(this);
}

PushReactor::~PushReactor() {
  keeper_->RemoveListener(this);
  --metrics_->agents;
}

void PushReactor::End(const grpc::Status& status) {
  MutexLock lock(mutex_);
  FinishLocked(status);
}

void PushReactor::OnReadDone(bool ok) {
  absl::StatusOr<IngestSession::Answer> answer = absl::CancelledError("the agent is gone");
  if (ok) answer = ReceiveRaw();
  MutexLock lock(mutex_);
  if (finished_) return;
  if (!ok) {
    half_closed_ = true;
    EndIfDoneLocked();
    return;
  }
  if (!answer.ok()) {
    FinishLocked(ToGrpcStatus(answer.status()));
    return;
  }
  AddUnkeptLocked(*std::move(answer));
  welcomed_ = true;
  TakeKeptLocked(keeper_->kept());
  StartRead(&received_);
}

void PushReactor::OnKept(std::uint64_t ticket) {
  MutexLock lock(mutex_);
  if (finished_) return;
  TakeKeptLocked(ticket);
  const bool behind = !unkept_.empty() && unkept_.front().ticket == IngestSession::kNever;
  // There is room again, or something moves at least: what found none is to come once more.
  if (behind) {
    FinishLocked(grpc::Status(grpc::StatusCode::UNAVAILABLE,
                              "the history could not keep all frames; connect again and send what "
                              "was not acknowledged"));
    return;
  }
  EndIfDoneLocked();
}

// Bounded, however long the disk takes nothing: frames that are kept later are bounded by the
// keeper, and what needs no other ticket than the answer before it takes its place.
void PushReactor::AddUnkeptLocked(IngestSession::Answer answer) {
  if (answer.response.message_case() == v1::PushFramesResponse::MESSAGE_NOT_SET) return;
  if (!unkept_.empty() && unkept_.back().ticket == answer.ticket) {
    unkept_.back().response = std::move(answer.response);
    return;
  }
  unkept_.push_back({.ticket = answer.ticket, .response = std::move(answer.response)});
}

void PushReactor::TakeKeptLocked(std::uint64_t ticket) {
  // Only acknowledgements are replaced: the welcome is the first answer, and goes out at once.
  for (; !unkept_.empty() && unkept_.front().ticket <= ticket; unkept_.pop_front()) {
    waiting_ = std::move(unkept_.front().response);
  }
  SendNextLocked();
}

void PushReactor::EndIfDoneLocked() {
  if (half_closed_ && !writing_ && unkept_.empty()) FinishLocked(grpc::Status::OK);
}

absl::StatusOr<IngestSession::Answer> PushReactor::ReceiveRaw() {
  google::protobuf::Arena arena;
  auto* const message = google::protobuf::Arena::CreateMessage<v1::PushFramesRequest>(&arena);
  RETURN_IF_ERROR(ParseRaw(received_, message));
  received_.Clear();
  return session_->Receive(*message);
}

void PushReactor::OnDemand(const Demand& demand) {
  MutexLock lock(mutex_);
  wanted_ = demand;
  if (!finished_ && welcomed_) SendNextLocked();
}

void PushReactor::SendNextLocked() {
  if (writing_) return;
  if (waiting_) {
    SendLocked(*std::exchange(waiting_, std::nullopt));
  } else if (wanted_ != told_) {
    told_ = wanted_;
    v1::PushFramesResponse demand;
    ToProto(told_, demand.mutable_demand());
    SendLocked(demand);
  }
}

void PushReactor::SendLocked(const v1::PushFramesResponse& answer) {
  const grpc::Slice slice = Serialize(answer);
  sending_ = grpc::ByteBuffer(&slice, 1);
  writing_ = true;
  StartWrite(&sending_);
}

void PushReactor::OnWriteDone(bool ok) {
  MutexLock lock(mutex_);
  writing_ = false;
  if (finished_) return;
  if (!ok) {
    FinishLocked(grpc::Status(grpc::StatusCode::CANCELLED, "the agent is gone"));
    return;
  }
  SendNextLocked();
  EndIfDoneLocked();
}

void PushReactor::OnCancel() {
  MutexLock lock(mutex_);
  FinishLocked(grpc::Status::CANCELLED);
}

void PushReactor::OnDone() {
  session_.reset();         // the host is offline from here on
  registry_->Remove(this);  // deletes this
}

void PushReactor::FinishLocked(const grpc::Status& status) {
  if (finished_) return;
  finished_ = true;
  Finish(status);
}

}  // namespace syspulse
