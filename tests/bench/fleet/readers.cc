#include "tests/bench/fleet/readers.h"

#include <grpcpp/grpcpp.h>

#include <stop_token>
#include <utility>

#include "absl/strings/str_format.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/watch.h"
#include "services/model/resource_name.h"
#include "syspulse/v1/metrics_service.grpc.pb.h"
#include "tests/bench/fleet/fleet.h"

namespace syspulse {
namespace {

constexpr std::size_t kTimedEvery = 25;  // one stream in so many looks into its messages

constexpr int kLookahead = 4 << 10;

using RawStream = grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;

grpc::ByteBuffer Serialized(const google::protobuf::Message& message) {
  const std::string bytes = message.SerializeAsString();
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace

void Arrivals::NoteTime(const std::string& host_name, std::int64_t second) {
  if (second < first_second_) return;
  const auto host = FleetHostOf(host_name);
  if (!host.has_value()) return;
  if (const auto sent = sent_.Of(*host, second)) after_.Add(clock_.Monotonic() - *sent);
}

LiveReader::LiveReader(std::string server, Arrivals* arrivals)
    : thread_([server = std::move(server), arrivals](const std::stop_token& stop) {
        const auto stub = v1::MetricsService::NewStub(
            MakeChannel({.server = server, .program = "syspulse-load-reader"}));
        const v1::WatchFramesRequest request;
        const absl::Status end = Watch<v1::WatchFramesResponse>(
            [&](grpc::ClientContext* context, auto* reactor) {
              stub->async()->WatchFrames(context, &request, reactor);
            },
            [&](const v1::WatchFramesResponse& response) {
              arrivals->NoteMessage();
              arrivals->NoteSkipped(response.dropped_count());
              arrivals->NoteTime(response.frame().host(), response.frame().sample_time().seconds());
            },
            [](const WatchState&) {}, {.server = server}, stop);
        if (!end.ok()) std::fprintf(stderr, "syspulse-load: %s\n", end.ToString().c_str());
      }) {}

// One stream. Lives until OnDone was called.
class SnapshotStream final : public RawStream {
 public:
  SnapshotStream(SnapshotReaders* owner, grpc::GenericStub* stub, std::size_t number)
      : owner_(owner), timed_(number % kTimedEvery == 0) {
    v1::WatchSnapshotsRequest request;
    request.set_host(HostName(FleetHostId(number % owner->options_.hosts)));
    request_ = Serialized(request);
    stub->PrepareBidiStreamingCall(&context_, "/syspulse.v1.MetricsService/WatchSnapshots", {},
                                   this);
    StartWriteLast(&request_, grpc::WriteOptions());
    if (!owner->options_.never_read) StartRead(&response_);
  }
  void Cancel() { context_.TryCancel(); }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    if (!std::exchange(served_, true)) ++owner_->served_;
    owner_->arrivals_->NoteMessage();
    if (timed_) NoteTime();
    response_.Clear();
    StartRead(&response_);
  }
  void OnDone(const grpc::Status& status) override { owner_->OnEnd(this, status); }

 private:
  void NoteTime() {
    v1::WatchSnapshotsResponse message;
    if (!grpc::SerializationTraits<v1::WatchSnapshotsResponse>::Deserialize(&response_, &message)
             .ok()) {
      return;
    }
    owner_->arrivals_->NoteSkipped(message.dropped_count());
    owner_->arrivals_->NoteTime(message.snapshot().host(),
                                message.snapshot().sample_time().seconds());
  }

  SnapshotReaders* const owner_;
  const bool timed_;
  bool served_ = false;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
};

SnapshotReaders::SnapshotReaders(Options options, const Clock* clock, Arrivals* arrivals)
    : options_(std::move(options)),
      clock_(clock),
      arrivals_(arrivals),
      started_(clock->Monotonic()) {
  for (std::size_t i = 0; i < options_.connections; ++i) {
    grpc::ChannelArguments own;
    own.SetInt("syspulse.reader", static_cast<int>(i));
    if (options_.never_read) {  // nor does the library for them, but for a few KB
      own.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
      own.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kLookahead);
    }
    stubs_.push_back(std::make_unique<grpc::GenericStub>(
        grpc::CreateCustomChannel(options_.server, grpc::InsecureChannelCredentials(), own)));
  }
  MutexLock lock(mutex_);
  for (std::size_t i = 0; i < options_.streams; ++i) {
    streams_.push_back(
        std::make_unique<SnapshotStream>(this, stubs_[i % options_.connections].get(), i));
  }
  open_ = streams_.size();
  for (const auto& stream : streams_) stream->StartCall();
}

SnapshotReaders::~SnapshotReaders() {
  MutexLock lock(mutex_);
  cancelling_ = true;
  for (const auto& stream : streams_) stream->Cancel();
  while (open_ > 0) closed_.wait(mutex_);
}

void SnapshotReaders::OnEnd(SnapshotStream*, const grpc::Status& status) {
  MutexLock lock(mutex_);
  --open_;
  closed_.notify_all();
  if (cancelling_ || ++ended_ > 1) return;
  first_end_ = absl::StrFormat("after %.0f s with %d (%s)",
                               absl::ToDoubleSeconds(clock_->Monotonic() - started_),
                               static_cast<int>(status.error_code()), status.error_message());
}

std::size_t SnapshotReaders::ended() const {
  MutexLock lock(mutex_);
  return ended_;
}

std::string SnapshotReaders::first_end() const {
  MutexLock lock(mutex_);
  return first_end_;
}

}  // namespace syspulse
