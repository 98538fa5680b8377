// A whole service in this process, on a clock that stands still, with agents that say what a test
// wants them to.
#ifndef TESTS_TESTING_SERVICE_H_
#define TESTS_TESTING_SERVICE_H_

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/api/access.h"
#include "services/api/fanout.h"
#include "services/api/query_evaluator.h"
#include "services/api/snapshot_view.h"
#include "services/hub/hub.h"
#include "services/model/proto.h"
#include "services/server/grpc_server.h"
#include "syspulse/v1/ingest_service.grpc.pb.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/keeper.h"
#include "tests/testing/memory_series.h"

namespace syspulse {

// Nothing in a test takes this long; a call that hangs fails instead.
inline constexpr absl::Duration kTestPatience = absl::Seconds(20);

class TestService {
 public:
  explicit TestService(Reach reach = Reach::kThisMachine, std::size_t max_streams = 10'000,
                       HubOptions hub_options = {});
  ~TestService();

  // Returns what the server is made of, for a second one beside it.
  GrpcServerParts Parts();

  template <typename Service>
  auto Stub() {
    return Service::NewStub(channel);
  }

  // Returns a channel as from outside, over the loopback interface.
  std::shared_ptr<grpc::Channel> NetworkChannel() const;

  FakeClock clock;
  Hub hub;
  SnapshotView view;
  Fanout fanout;
  Access access;
  ServiceMetrics metrics;
  TestKeeper keeper;
  promql::MemorySource history;
  QueryEvaluator queries;
  std::unique_ptr<GrpcServer> server;
  std::shared_ptr<grpc::Channel> channel;
};

// A context whose call fails rather than hangs.
class TestContext : public grpc::ClientContext {
 public:
  TestContext();
};

// Returns a schema with these gauges, without labels.
SchemaPtr GaugeSchema(const std::vector<std::string>& names);

// What the agents of these tests measure: MemTotal, as the system source calls it.
SchemaPtr MemorySchema();

inline absl::Time TestTime(int second) { return absl::FromUnixSeconds(1'700'000'000 + second); }

// An agent: a PushFrames stream, driven message by message.
class TestAgent {
 public:
  explicit TestAgent(TestService* service, std::string id = "web-1",
                     const std::string& session = "session-1");
  TestAgent(const std::shared_ptr<grpc::Channel>& channel, std::string id);
  ~TestAgent();

  const std::string& id() const { return id_; }

  // Sends a hello and waits for the welcome.
  void Hello(const std::string& session, absl::Duration interval = absl::ZeroDuration());

  // Returns a batch with a frame of source `system` that says how much memory there is.
  v1::PushFramesRequest Batch(int second, double memory_bytes);

  // Adds a frame, and its schema if it was not sent yet, to a batch or an interim sample.
  void AddFrame(auto* message, const std::string& source, const SchemaPtr& schema, absl::Time time,
                std::vector<double> values) {
    if (sent_.insert({schema->id(), true}).second) ToProto(*schema, message->add_schemas());
    ToProto(Frame{.host = id_,
                  .source = source,
                  .schema = schema,
                  .time = time,
                  .values = std::move(values)},
            message->add_frames());
  }
  void AddFrame(v1::FrameBatch* batch, const std::string& source, const SchemaPtr& schema,
                int second, std::vector<double> values) {
    AddFrame(batch, source, schema, TestTime(second), std::move(values));
  }

  // Adds a process table.
  void AddProcesses(v1::FrameBatch* batch, int second, std::vector<Process> processes);

  // Sends a batch and waits for its acknowledgement.
  void Push(const v1::PushFramesRequest& request);
  void Push(int second, double memory_bytes) { Push(Batch(second, memory_bytes)); }

  // Sends a message and returns the answer.
  v1::PushFramesResponse Exchange(const v1::PushFramesRequest& request);

  // Sends a message that ends the stream and returns the status.
  grpc::Status Break(const v1::PushFramesRequest& request);

  grpc::Status Finish();
  bool Send(const v1::PushFramesRequest& request);
  void WritesDone();
  bool Read(v1::PushFramesResponse* response);

 private:
  const std::string id_;
  TestContext context_;
  std::unique_ptr<v1::IngestService::Stub> stub_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::PushFramesRequest, v1::PushFramesResponse>> stream_;
  std::int64_t sequence_ = 0;
  std::map<std::uint64_t, bool> sent_;
  bool finished_ = false;
};

// A Watch stream, read message by message.
template <typename Response>
class TestStream {
 public:
  // `open` opens the stream with the context it is given.
  template <typename Open>
  explicit TestStream(const Open& open) : reader_(open(&context_)) {}
  ~TestStream() {
    context_.TryCancel();
    if (!finished_) Finish();
  }

  // Returns the next message; an empty one, with a failure, if the stream ended.
  Response Next() {
    Response response;
    EXPECT_TRUE(reader_->Read(&response)) << "the stream ended";
    return response;
  }

  // Reads to the end and returns the status.
  grpc::Status End() {
    Response response;
    while (reader_->Read(&response)) {
    }
    return Finish();
  }

  void Cancel() { context_.TryCancel(); }

 private:
  grpc::Status Finish() {
    finished_ = true;
    return reader_->Finish();
  }

  TestContext context_;
  std::unique_ptr<grpc::ClientReader<Response>> reader_;
  bool finished_ = false;
};

}  // namespace syspulse

#endif  // TESTS_TESTING_SERVICE_H_
