#include "tests/testing/service.h"

#include "services/base/log.h"

namespace syspulse {

TestService::TestService(Reach reach, std::size_t max_streams, HubOptions hub_options)
    : hub(&clock, hub_options),
      fanout(&hub, &view, &clock),
      access(*Access::Create(ApiServices(), reach)),
      queries(&history, &clock),
      server(*GrpcServer::Start(Parts(), {.address = "127.0.0.1:0", .max_streams = max_streams})),
      channel(server->InProcessChannel()) {
  // Hundreds of agents come and go: what failed would be lost among them.
  EXPECT_TRUE(ConfigureLog("warning", "text").ok());
}

TestService::~TestService() = default;

GrpcServerParts TestService::Parts() {
  return {&hub, &view, &fanout, &access, &metrics, &keeper, &queries, &clock};
}

std::shared_ptr<grpc::Channel> TestService::NetworkChannel() const {
  return grpc::CreateChannel(server->address(), grpc::InsecureChannelCredentials());
}

TestContext::TestContext() { set_deadline(absl::ToChronoTime(absl::Now() + kTestPatience)); }

SchemaPtr GaugeSchema(const std::vector<std::string>& names) {
  std::vector<MetricFamily> families;
  std::vector<Series> series;
  for (const std::string& name : names) {
    series.push_back({.family = static_cast<int>(families.size())});
    families.push_back({.name = name, .type = MetricType::kGauge});
  }
  return *Schema::Create(std::move(families), std::move(series));
}

SchemaPtr MemorySchema() { return GaugeSchema({"node_memory_MemTotal_bytes"}); }

TestAgent::TestAgent(TestService* service, std::string id, const std::string& session)
    : TestAgent(service->channel, std::move(id)) {
  Hello(session);
}

TestAgent::TestAgent(const std::shared_ptr<grpc::Channel>& channel, std::string id)
    : id_(std::move(id)),
      stub_(v1::IngestService::NewStub(channel)),
      stream_(stub_->PushFrames(&context_)) {}

TestAgent::~TestAgent() {
  context_.TryCancel();
  if (!finished_) Finish();
}

void TestAgent::Hello(const std::string& session, absl::Duration interval) {
  v1::PushFramesRequest request;
  v1::PushFramesHello& hello = *request.mutable_hello();
  hello.set_session_id(session);
  hello.mutable_host()->set_name("hosts/" + id_);
  hello.mutable_host()->set_hostname(id_ + ".example");
  if (interval > absl::ZeroDuration()) {
    ToProto(interval, hello.mutable_host()->mutable_sample_interval());
  }
  v1::PushFramesResponse response = Exchange(request);
  EXPECT_TRUE(response.has_welcome()) << response.DebugString();
}

v1::PushFramesRequest TestAgent::Batch(int second, double memory_bytes) {
  v1::PushFramesRequest request;
  v1::FrameBatch& batch = *request.mutable_batch();
  batch.set_sequence(++sequence_);
  AddFrame(&batch, "system", MemorySchema(), second, {memory_bytes});
  return request;
}

void TestAgent::AddProcesses(v1::FrameBatch* batch, int second, std::vector<Process> processes) {
  ToProto(ProcessTable{.host = id_,
                       .time = TestTime(second),
                       .totals = {.processes = static_cast<std::int32_t>(processes.size())},
                       .processes = std::move(processes)},
          batch->mutable_process_table());
}

void TestAgent::Push(const v1::PushFramesRequest& request) {
  EXPECT_EQ(Exchange(request).acknowledgement().sequence(), request.batch().sequence());
}

v1::PushFramesResponse TestAgent::Exchange(const v1::PushFramesRequest& request) {
  v1::PushFramesResponse response;
  EXPECT_TRUE(Send(request));
  EXPECT_TRUE(Read(&response)) << "the stream ended";
  return response;
}

grpc::Status TestAgent::Break(const v1::PushFramesRequest& request) {
  Send(request);
  v1::PushFramesResponse response;
  while (Read(&response)) {
  }
  return Finish();
}

grpc::Status TestAgent::Finish() {
  finished_ = true;
  return stream_->Finish();
}

bool TestAgent::Send(const v1::PushFramesRequest& request) { return stream_->Write(request); }

void TestAgent::WritesDone() { stream_->WritesDone(); }

bool TestAgent::Read(v1::PushFramesResponse* response) { return stream_->Read(response); }

}  // namespace syspulse
