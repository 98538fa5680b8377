// The stream of each host is what its agent's would be while it catches up: some frames a batch,
// some batches that are not acknowledged yet.
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/model/proto.h"
#include "syspulse/v1/ingest_service.grpc.pb.h"
#include "tests/bench/load.h"
#include "tests/bench/load_sender.h"

namespace syspulse {
namespace {

constexpr std::size_t kMostSamples = 2000;  // of a batch, about
// Of all hosts, not acknowledged yet: well below what the service lets wait for its disk.
constexpr std::size_t kMostWaiting = 1'500'000;

// Returns how many batches of a host may be on their way.
std::int64_t BatchesEach(std::size_t hosts) {
  return std::max<std::int64_t>(2, static_cast<std::int64_t>(kMostWaiting / kMostSamples / hosts));
}

class HostStream {
 public:
  HostStream(v1::IngestService::Stub* stub, const SchemaPtr& schema, std::size_t host,
             std::int64_t most_batches)
      : id_(absl::StrFormat("host-%d", host)),
        schema_(schema),
        most_frames_(static_cast<int>(kMostSamples / schema->series().size()) + 1),
        most_batches_(most_batches),
        stream_(stub->PushFrames(&context_)) {
    v1::PushFramesRequest request;
    request.mutable_hello()->set_session_id("bench");
    request.mutable_hello()->mutable_host()->set_name("hosts/" + id_);
    request.mutable_hello()->mutable_host()->set_hostname(HostnameOf(host));
    if (!stream_->Write(request)) Fail(End());
    Read();
  }
  HostStream(const HostStream&) = delete;
  HostStream& operator=(const HostStream&) = delete;

  void Add(std::int64_t time_ms, std::vector<double> values) {
    const Frame frame{.host = id_,
                      .source = "system",
                      .schema = schema_,
                      .time = absl::FromUnixMillis(time_ms),
                      .values = std::move(values)};
    ToProto(frame, waiting_.mutable_batch()->add_frames());
    if (waiting_.batch().frames_size() >= most_frames_) Flush(most_batches_);
  }

  void Finish() {
    Flush(0);
    stream_->WritesDone();
    if (const grpc::Status status = End(); !status.ok()) Fail(status);
  }

 private:
  // Sends what waits, and reads until no more than so many batches are not acknowledged.
  void Flush(std::int64_t unacknowledged) {
    if (waiting_.batch().frames_size() > 0) {
      waiting_.mutable_batch()->set_sequence(++sequence_);
      if (sequence_ == 1) ToProto(*schema_, waiting_.mutable_batch()->add_schemas());
      if (!stream_->Write(waiting_)) Fail(End());
      waiting_.Clear();
    }
    while (sequence_ - acknowledged_ > unacknowledged) Read();
  }

  void Read() {
    v1::PushFramesResponse response;
    if (!stream_->Read(&response)) Fail(End());
    if (response.has_acknowledgement()) acknowledged_ = response.acknowledgement().sequence();
  }

  // Reads what is left: before that there is no status.
  grpc::Status End() {
    v1::PushFramesResponse response;
    while (stream_->Read(&response)) continue;
    return stream_->Finish();
  }

  [[noreturn]] void Fail(const grpc::Status& status) const {
    FailSending(id_ + "'s stream ended: " + status.error_message());
  }

  const std::string id_;
  const SchemaPtr schema_;
  const int most_frames_;            // of a batch
  const std::int64_t most_batches_;  // not acknowledged
  grpc::ClientContext context_;
  const std::unique_ptr<grpc::ClientReaderWriter<v1::PushFramesRequest, v1::PushFramesResponse>>
      stream_;
  v1::PushFramesRequest waiting_;
  std::int64_t sequence_ = 0;
  std::int64_t acknowledged_ = 0;
};

class FramesSender final : public LoadSender {
 public:
  FramesSender(const std::string& address, const SchemaPtr& schema,
               std::span<const std::size_t> hosts)
      : stub_(v1::IngestService::NewStub(
            grpc::CreateChannel(address, grpc::InsecureChannelCredentials()))) {
    for (const std::size_t host : hosts) {
      streams_.emplace_back(stub_.get(), schema, host, BatchesEach(hosts.size()));
    }
  }

  void Send(const LoadRow& row) override {
    for (std::size_t i = 0; i < streams_.size(); ++i) streams_[i].Add(row.time_ms, row.values[i]);
  }
  void Finish() override {
    for (HostStream& stream : streams_) stream.Finish();
  }

 private:
  const std::unique_ptr<v1::IngestService::Stub> stub_;
  std::deque<HostStream> streams_;
};

}  // namespace

void FailSending(const std::string& what) {
  std::fprintf(stderr, "history_load: %s\n", what.c_str());
  std::exit(1);
}

std::unique_ptr<LoadSender> SendFrames(const std::string& address, const SchemaPtr& schema,
                                       std::span<const std::size_t> hosts) {
  return std::make_unique<FramesSender>(address, schema, hosts);
}

}  // namespace syspulse
