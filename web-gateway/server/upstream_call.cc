#include "web-gateway/server/upstream_call.h"

#include <grpc/support/time.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>
#include <vector>

namespace syspulse {
namespace {

// Beyond it a deadline is as good as none, and would overflow the clock.
constexpr absl::Duration kLongestTimeout = absl::Hours(24 * 365);

Metadata Copy(const std::multimap<grpc::string_ref, grpc::string_ref>& entries) {
  Metadata metadata;
  for (const auto& [key, value] : entries) {
    metadata.emplace_back(std::string(key.data(), key.size()),
                          std::string(value.data(), value.size()));
  }
  return metadata;
}

std::string ToString(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return {};
  std::string bytes;
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

}  // namespace

void FillContext(const UpstreamRequest& request, grpc::ClientContext* context) {
  for (const auto& [key, value] : request.metadata) context->AddMetadata(key, value);
  if (!request.timeout) return;
  const absl::Duration timeout = std::min(*request.timeout, kLongestTimeout);
  context->set_deadline(
      gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                   gpr_time_from_micros(absl::ToInt64Microseconds(timeout), GPR_TIMESPAN)));
}

UpstreamCall::UpstreamCall(Upstream* upstream, UpstreamListener* listener)
    : upstream_(upstream), listener_(listener), work_(upstream->io()->get_executor()) {}

std::shared_ptr<UpstreamCall> UpstreamCall::Create(Upstream* upstream, UpstreamListener* listener,
                                                   const UpstreamRequest& request) {
  std::shared_ptr<UpstreamCall> call(new UpstreamCall(upstream, listener));
  FillContext(request, &call->context_);
  upstream->stub()->PrepareBidiStreamingCall(&call->context_, request.method, {}, call.get());
  return call;
}

void UpstreamCall::Start() {
  started_ = true;
  self_ = shared_from_this();
  AddHold();  // operations come from outside of reactions, until a read fails
  WriteNext();
  if (!reading_) {
    reading_ = true;
    StartRead(&incoming_);
  }
  StartCall();
}

void UpstreamCall::Write(const std::string& message, BodyShare share) {
  const grpc::Slice slice(message);
  writes_.push_back({grpc::ByteBuffer(&slice, 1), std::move(share)});
  pending_bytes_ += message.size();
  if (started_) WriteNext();
}

void UpstreamCall::WritesDone() {
  if (writes_done_) return;
  writes_done_ = true;
  if (started_) WriteNext();
}

void UpstreamCall::WriteNext() {
  if (closed_ || writing_) return;
  if (!writes_.empty()) {
    writing_ = true;
    grpc::WriteOptions options;
    last_sent_ = writes_done_ && writes_.size() == 1;
    if (last_sent_) options.set_last_message();
    StartWrite(&writes_.front().message, options);
  } else if (writes_done_) {
    writing_ = true;  // for good
    StartWritesDone();
  }
}

void UpstreamCall::Read() {
  if (closed_ || reading_ || !started_) return;
  reading_ = true;
  StartRead(&incoming_);
}

void UpstreamCall::Cancel() {
  listener_ = nullptr;
  if (!started_) {
    // gRPC wants every call started, even one that nobody wants any more.
    context_.TryCancel();
    Start();
    return;
  }
  if (closed_) return;
  context_.TryCancel();
  Read();  // fails, and so ends the call
}

void UpstreamCall::OnReadInitialMetadataDone(bool ok) {
  if (!ok) return;
  boost::asio::post(*upstream_->io(), [self = shared_from_this()] {
    if (self->listener_ != nullptr) {
      self->listener_->OnUpstreamHeaders(Copy(self->context_.GetServerInitialMetadata()));
    }
  });
}

void UpstreamCall::OnReadDone(bool ok) {
  boost::asio::post(*upstream_->io(), [self = shared_from_this(), ok] { self->HandleRead(ok); });
}

void UpstreamCall::HandleRead(bool ok) {
  reading_ = false;
  if (!ok) {
    closed_ = true;
    RemoveHold();
    return;
  }
  if (listener_ == nullptr) {
    Read();  // cancelled: whatever still comes is dropped
    return;
  }
  std::string message = ToString(incoming_);
  incoming_.Clear();
  listener_->OnUpstreamMessage(std::move(message));
}

void UpstreamCall::OnWriteDone(bool ok) {
  boost::asio::post(*upstream_->io(), [self = shared_from_this(), ok] {
    if (!ok) return;  // the read tells the end
    self->pending_bytes_ -= self->writes_.front().message.Length();
    self->writes_.pop_front();
    // After the last message there is no more to say, not even that.
    self->writing_ = self->last_sent_;
    self->WriteNext();
  });
}

void UpstreamCall::OnDone(const grpc::Status& status) {
  boost::asio::post(*upstream_->io(),
                    [self = shared_from_this(), status] { self->HandleDone(status); });
}

void UpstreamCall::HandleDone(const grpc::Status& status) {
  UpstreamListener* const listener = std::exchange(listener_, nullptr);
  work_.reset();
  writes_.clear();  // here, as the last to let go of the call may be a thread of gRPC's
  const std::shared_ptr<UpstreamCall> self = std::move(self_);
  if (listener != nullptr) {
    listener->OnUpstreamDone(upstream_->Explain(status),
                             Copy(context_.GetServerTrailingMetadata()));
  }
}

}  // namespace syspulse
