#include "services/agent/push_call.h"

#include <optional>
#include <utility>

#include "services/agent/batch_proto.h"
#include "services/model/proto.h"

namespace syspulse {

PushCall::PushCall(FrameBuffer* buffer, const Clock* clock, PushEvents events)
    : buffer_(buffer), clock_(clock), events_(std::move(events)) {}

void PushCall::Begin(v1::IngestService::Stub* stub, grpc::ClientContext* context,
                     const v1::PushFramesHello& hello) {
  stub->async()->PushFrames(context, this);
  AddHold();  // writes are started by whoever adds a batch, when no reaction keeps the rpc alive
  MutexLock lock(mutex_);
  *request_.mutable_hello() = hello;
  events_.on_send(request_.ByteSizeLong());
  StartWrite(&request_);
  StartRead(&response_);
  StartCall();
}

void PushCall::Wake() {
  MutexLock lock(mutex_);
  MaybeWriteLocked();
}

void PushCall::SendInterim(InterimSample sample) {
  MutexLock lock(mutex_);
  if (!welcomed_ || closing_ || read_all_) return;
  interim_ = std::move(sample);
  MaybeWriteLocked();
}

void PushCall::Close() {
  MutexLock lock(mutex_);
  closing_ = true;
  MaybeWriteLocked();
}

grpc::Status PushCall::WaitForEnd() {
  MutexLock lock(mutex_);
  while (!ended_) ended_changed_.wait(mutex_);
  return status_;
}

bool PushCall::welcomed() const {
  MutexLock lock(mutex_);
  return welcomed_;
}

bool PushCall::sent_interim() const {
  MutexLock lock(mutex_);
  return sent_interim_;
}

std::int64_t PushCall::last_sent() const {
  MutexLock lock(mutex_);
  return last_sent_;
}

void PushCall::OnReadDone(bool ok) {
  if (!ok) {
    {
      MutexLock lock(mutex_);
      read_all_ = true;
    }
    RemoveHold();
    return;
  }
  if (response_.has_welcome()) events_.on_welcome(response_.welcome());
  if (response_.has_acknowledgement()) {
    buffer_->Acknowledge(response_.acknowledgement().sequence());
  }
  if (response_.has_demand()) events_.on_demand(response_.demand());
  {
    MutexLock lock(mutex_);
    welcomed_ = welcomed_ || response_.has_welcome();
    MaybeWriteLocked();
  }
  StartRead(&response_);
}

void PushCall::OnWriteDone(bool ok) {
  MutexLock lock(mutex_);
  writing_ = false;
  if (ok) MaybeWriteLocked();  // else the stream is over; OnReadDone learns it too
}

void PushCall::OnDone(const grpc::Status& status) {
  MutexLock lock(mutex_);
  status_ = status;
  ended_ = true;
  ended_changed_.notify_all();
}

void PushCall::MaybeWriteLocked() {
  if (!welcomed_ || writing_ || half_closed_ || read_all_) return;
  request_.Clear();
  if (!FillRequestLocked()) {
    half_closed_ = closing_;
    if (half_closed_) StartWritesDone();
    return;
  }
  writing_ = true;
  events_.on_send(request_.ByteSizeLong());
  StartWrite(&request_);
}

// Returns whether there is something to send. What is kept and new goes before what is only shown,
// on a slow link too, and what is late behind both.
bool PushCall::FillRequestLocked() {
  if (interim_ && !closing_ && !buffer_->HasLive()) {
    FillInterim(*interim_, kMaxTableBytes, &sent_schemas_, request_.mutable_interim());
    interim_.reset();
    sent_interim_ = true;
    return true;
  }
  const std::optional<Batch> batch = buffer_->NextToSend(closing_);
  if (!batch) return false;
  FillBatch(*batch, kMaxTableBytes, &sent_schemas_, request_.mutable_batch());
  v1::AgentClock* const clock = request_.mutable_batch()->mutable_clock();
  ToProto(clock_->Now(), clock->mutable_time());
  ToProto(clock_->SinceBoot(), clock->mutable_since_boot());
  last_sent_ = batch->sequence;
  return true;
}

}  // namespace syspulse
