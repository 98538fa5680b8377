#include "services/agent/push_stream.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "clients/cpp/status.h"
#include "clients/cpp/watch.h"
#include "services/base/log.h"
#include "services/model/proto.h"

namespace syspulse {
namespace {

// Until the channel is asked to wait for a service that was not there at the first try.
constexpr absl::Duration kFirstWait = absl::Milliseconds(100);

// Whether a batch of ours, rather than the stream, is what the service cannot take.
bool RefusesABatch(const absl::Status& end) {
  switch (end.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kDataLoss:
      return true;
    case absl::StatusCode::kResourceExhausted:  // gRPC's words for a message above the limit
      return end.message().find("larger than max") != absl::string_view::npos;
    default:
      return false;
  }
}

v1::PushFramesHello HelloOf(const PushOptions& options) {
  v1::PushFramesHello hello;
  ToProto(options.host, hello.mutable_host());
  hello.set_session_id(options.session_id);
  hello.set_boot_id(options.boot_id);
  return hello;
}

}  // namespace

PushStream::PushStream(std::shared_ptr<grpc::Channel> channel, FrameBuffer* buffer,
                       const Clock* clock, PushOptions options)
    : stub_(v1::IngestService::NewStub(std::move(channel))),
      buffer_(buffer),
      clock_(clock),
      options_(std::move(options)),
      backoff_(options_.backoff, options_.random),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

PushStream::~PushStream() {
  thread_.request_stop();
  thread_.join();
}

void PushStream::Wake() {
  MutexLock lock(mutex_);
  if (call_ != nullptr) call_->Wake();
}

void PushStream::SendInterim(InterimSample sample) {
  if (!sends_interims_) return;
  MutexLock lock(mutex_);
  if (call_ != nullptr) call_->SendInterim(std::move(sample));
}

bool PushStream::Flush(absl::Duration timeout) {
  MutexLock lock(mutex_);
  flushing_ = true;
  if (live_ && call_ != nullptr) {
    call_->Close();
    changed_.wait_for(mutex_, absl::ToChronoNanoseconds(timeout),
                      [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return !live_; });
  }
  return buffer_->Stats().batches == 0;
}

std::int64_t PushStream::reconnects() const {
  MutexLock lock(mutex_);
  return std::max<std::int64_t>(0, welcomes_ - 1);
}

bool PushStream::was_welcomed() const {
  MutexLock lock(mutex_);
  return welcomes_ > 0;
}

void PushStream::Run(const std::stop_token& stop) {
  while (PushOnce(stop) && WaitUnlessStopped(wait_, stop)) {
  }
}

bool PushStream::PushOnce(const std::stop_token& stop) {
  grpc::ClientContext context;
  context.set_wait_for_ready(wait_for_ready_);
  PushCall call(
      buffer_, clock_,
      {.on_welcome = [this](const v1::PushFramesWelcome& welcome) { OnWelcome(welcome); },
       .on_demand = [this](const v1::PushFramesDemand& demand) { OnDemand(demand); },
       .on_send = [this](std::size_t bytes) { sent_bytes_ += static_cast<std::int64_t>(bytes); }});
  {
    MutexLock lock(mutex_);
    call_ = &call;
  }
  call.Begin(stub_.get(), &context, HelloOf(options_));
  grpc::Status end;
  {
    const std::stop_callback cancel(stop, [&] { context.TryCancel(); });
    end = call.WaitForEnd();
  }
  options_.on_demand(Demand());
  {
    MutexLock lock(mutex_);
    call_ = nullptr;
    if (live_ && clock_->Monotonic() - live_since_ >= kStable) backoff_.Reset();
    live_ = false;
    changed_.notify_all();
    if (flushing_ || stop.stop_requested()) return false;
  }
  absl::Status reason = FromGrpc(end, options_.server);
  if (reason.ok()) reason = absl::UnavailableError("syspulsed ended the stream");
  wait_ = AfterEnd(reason, call);
  return true;
}

void PushStream::OnWelcome(const v1::PushFramesWelcome& welcome) {
  const std::int64_t waiting = buffer_->Stats().batches;
  bool news = false;
  {
    MutexLock lock(mutex_);
    live_ = true;
    live_since_ = clock_->Monotonic();
    news = welcomes_ == 0 || !said_.empty();
    ++welcomes_;
    said_.clear();
    changed_.notify_all();
  }
  if (!news) return;
  LogInfo("connected to syspulsed %s at %s as hosts/%s; samples that were waiting: %d",
          welcome.service_version(), options_.server, options_.host.id, waiting);
}

// What cannot be understood is no reason to do without a service.
void PushStream::OnDemand(const v1::PushFramesDemand& message) {
  const absl::StatusOr<Demand> demand = FromProto(message);
  if (demand.ok()) options_.on_demand(*demand);
}

absl::Duration PushStream::AfterEnd(const absl::Status& end, const PushCall& call) {
  const std::string reason(end.message());
  wait_for_ready_ = false;
  if (call.welcomed() && RefusesABatch(end)) {
    if (call.sent_interim()) return AfterRefusedSample(end);
    if (buffer_->InFlight() > 0) return AfterRefusedBatch(end, call.last_sent());
  }
  buffer_->Rewind();
  if (IsTransient(end) && !RefusesABatch(end)) {
    Say(absl::StrFormat("%s; keeping samples in memory%s until it is back", reason,
                        options_.spool_dir.empty() ? "" : ", then in " + options_.spool_dir + ","));
    wait_for_ready_ = true;  // the channel, which tries by itself, tells when it is back
    // One that was not there yet is no restart: nobody else came to it either.
    return was_welcomed() ? backoff_.Next() : kFirstWait;
  }
  const absl::Duration wait = options_.refused_wait * (0.75 + options_.random() / 2);
  if (end.code() == absl::StatusCode::kAlreadyExists) {
    Say(absl::StrFormat("this agent cannot push as hosts/%s: %s; trying again every %s or so",
                        options_.host.id, reason, absl::FormatDuration(options_.refused_wait)));
    return std::min(wait, backoff_.Next());
  } else {
    Say(absl::StrFormat("syspulsed at %s refuses this agent: %s; trying again every %s or so",
                        options_.server, reason, absl::FormatDuration(options_.refused_wait)));
  }
  return wait;
}

absl::Duration PushStream::AfterRefusedSample(const absl::Status& end) {
  sends_interims_ = false;
  buffer_->Rewind();
  LogWarning("syspulsed refused a sample; none is sent in between any more: %s",
             std::string(end.message()));
  return backoff_.Next();
}

absl::Duration PushStream::AfterRefusedBatch(const absl::Status& end, std::int64_t last_sent) {
  // Acknowledgements may lag behind, so with several batches on their way nobody knows which one
  // it was: they go again one at a time, and then the one that is refused is alone.
  if (buffer_->InFlight() > 1) {
    buffer_->Rewind(/*refused=*/true);
    return backoff_.Next();
  }
  const std::int64_t frames = buffer_->Drop(last_sent);
  buffer_->Rewind();
  sends_interims_ = true;  // it was this one
  LogWarning("syspulsed refused %d frames, which are dropped: %s", frames,
             std::string(end.message()));
  return backoff_.Next();
}

void PushStream::Say(const std::string& sentence) {
  {
    MutexLock lock(mutex_);
    if (said_ == sentence) return;
    said_ = sentence;
  }
  LogWarning("%s", sentence);
}

}  // namespace syspulse
