#include "services/api/watch_reactor.h"

#include <memory>
#include <utility>

#include "services/api/grpc_status.h"
#include "services/api/query_update.h"
#include "services/api/refused_stream.h"
#include "services/base/log.h"

namespace syspulse {
namespace {

constexpr const char* kForwardedFor = "x-forwarded-for";  // of the gateway
constexpr std::size_t kLongestCaller = 64;                // an address of any kind, and a port

// Returns whose stream it is: behind the gateway, whoever is connected to that.
std::string CallerOf(const grpc::CallbackServerContext& context) {
  const auto& metadata = context.client_metadata();
  const auto forwarded = metadata.find(kForwardedFor);
  if (forwarded == metadata.end() || forwarded->second.size() > kLongestCaller) {
    return context.peer();
  }
  return {forwarded->second.data(), forwarded->second.size()};
}

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchReactor::Open(
    const ApiContext& api, Envelope envelope, const grpc::CallbackServerContext& context,
    absl::StatusOr<std::vector<Topic>> topics) {
  using Refused = RefusedStream<grpc::ByteBuffer>;
  if (!topics.ok()) return new Refused(topics.status());
  auto reactor = std::make_shared<WatchReactor>(api, envelope, context);
  if (const absl::Status added = api.watchers->Add(reactor); !added.ok()) {
    return new Refused(added);
  }
  if (const absl::Status admitted =
          api.live_queries->Subscribe(reactor, CallerOf(context), *topics);
      !admitted.ok()) {
    api.watchers->Remove(reactor.get());
    return new Refused(admitted);
  }
  api.fanout->Subscribe(reactor, *std::move(topics));
  return reactor.get();
}

WatchReactor::WatchReactor(const ApiContext& api, Envelope envelope,
                           const grpc::CallbackServerContext& context)
    : envelope_(envelope),
      context_(context),
      fanout_(api.fanout),
      live_queries_(api.live_queries),
      registry_(api.watchers),
      metrics_(api.metrics) {
  ++metrics_->subscribers;
}

WatchReactor::~WatchReactor() { --metrics_->subscribers; }

void WatchReactor::Offer(int topic, LiveValuePtr value, std::int64_t skipped) {
  MutexLock lock(mutex_);
  if (finished_) return;
  const Slot slot{topic, value->kind, value->key};
  const auto [found, is_new] = pending_.try_emplace(slot);
  Pending& pending = found->second;
  pending.dropped_count += skipped + (is_new ? 0 : 1);
  pending.value = std::move(value);
  if (is_new) order_.push_back(slot);
  if (!writing_) SendNextLocked();
}

// Where others go on, it is a value like theirs.
void WatchReactor::Fail(int topic, const absl::Status& status) {
  if (envelope_ != Envelope::kLive) return End(ToGrpcStatus(status));
  Offer(topic, MakeTopicError(status), 0);
}

void WatchReactor::End(const grpc::Status& status) {
  MutexLock lock(mutex_);
  FinishLocked(status);
}

// An ordinary end would wait behind the message that nobody takes.
void WatchReactor::CutIfStalled() {
  MutexLock lock(mutex_);
  if (done_ || cut_ || !writing_) return;
  if (std::exchange(waited_for_, messages_) != messages_) return;
  cut_ = true;
  ++metrics_->streams_cut;
  LogInfo("a reader at %s takes nothing; its stream is cut", CallerOf(context_));
  context_.TryCancel();
}

void WatchReactor::OnWriteDone(bool ok) {
  LiveValuePtr sent;  // let go of behind the lock
  MutexLock lock(mutex_);
  writing_ = false;
  sent = std::move(sending_);
  message_.Clear();
  if (!ok) {
    FinishLocked(grpc::Status(grpc::StatusCode::CANCELLED, "the reader is gone"));
  } else if (!finished_ && !order_.empty()) {
    SendNextLocked();
  }
}

void WatchReactor::OnCancel() {
  MutexLock lock(mutex_);
  FinishLocked(grpc::Status::CANCELLED);
}

void WatchReactor::OnDone() {
  {
    MutexLock lock(mutex_);
    done_ = true;
  }
  fanout_->Unsubscribe(this);
  live_queries_->Unsubscribe(this);
  registry_->Remove(this);  // may delete this
}

void WatchReactor::SendNextLocked() {
  const auto next = pending_.find(order_.front());
  order_.pop_front();
  sending_ = std::move(next->second.value);
  const EnvelopeFields fields{.topic = next->first.topic,
                              .dropped_count = next->second.dropped_count,
                              .with_schema = sending_->schema != nullptr &&
                                             sent_schemas_.insert(sending_->schema->id).second};
  pending_.erase(next);
  message_ = Wrap(envelope_, *sending_, fields);
  ++messages_;
  metrics_->messages_sent += 1;
  metrics_->bytes_sent += static_cast<std::int64_t>(message_.Length());
  metrics_->messages_dropped += fields.dropped_count;
  writing_ = true;
  // What goes out together is written to the connection at once.
  grpc::WriteOptions options;
  if (!order_.empty()) options.set_buffer_hint();
  StartWrite(&message_, options);
}

void WatchReactor::FinishLocked(const grpc::Status& status) {
  if (finished_) return;
  finished_ = true;
  order_.clear();
  pending_.clear();
  Finish(status);
}

}  // namespace syspulse
