#include "services/server/grpc_server.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>

#include <chrono>

#include "syspulse/v1/host_service.grpc.pb.h"
#include "tests/testing/service.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

// A service that is reached over its port, as from outside.
class GrpcServerTest : public ::testing::Test {
 protected:
  GrpcServerTest() {
    grpc::ChannelArguments arguments;
    arguments.SetMaxSendMessageSize(64 << 20);
    channel_ = grpc::CreateCustomChannel(service_.server->address(),
                                         grpc::InsecureChannelCredentials(), arguments);
  }

  bool Answers() {
    TestContext context;
    v1::ListHostsResponse response;
    return v1::HostService::NewStub(channel_)->ListHosts(&context, {}, &response).ok();
  }

  TestService service_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(GrpcServerTest, TellsThePortItTook) {
  EXPECT_THAT(service_.server->address(), ::testing::MatchesRegex("127\\.0\\.0\\.1:[1-9][0-9]+"));
  EXPECT_TRUE(Answers());
}

TEST_F(GrpcServerTest, NamesThePortThatIsInUse) {
  const auto second = GrpcServer::Start(service_.Parts(), {.address = service_.server->address()});
  EXPECT_THAT(second, StatusIs(absl::StatusCode::kUnavailable,
                               HasSubstr("is in use; choose another with --grpc-listen")));
}

TEST_F(GrpcServerTest, RefusesAMessageOfTwentyMebibytesAndGoesOn) {
  TestAgent agent(channel_, "web-1");
  v1::PushFramesRequest request;
  request.mutable_hello()->set_session_id(std::string(20 << 20, 'x'));
  EXPECT_EQ(agent.Break(request).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(Answers());
}

TEST_F(GrpcServerTest, RefusesBytesThatAreNoMessage) {
  grpc::GenericStub stub(channel_);
  const grpc::Slice garbage("\xff\xff\xff\xff");
  const grpc::ByteBuffer request(&garbage, 1);
  for (const auto& [method, code] :
       {std::pair("/syspulse.v1.LiveService/Watch", grpc::StatusCode::INVALID_ARGUMENT),
        std::pair("/syspulse.v1.LiveService/Unknown", grpc::StatusCode::UNIMPLEMENTED),
        std::pair("/nothing/at/all", grpc::StatusCode::UNIMPLEMENTED)}) {
    TestContext context;
    grpc::CompletionQueue queue;
    auto call = stub.PrepareUnaryCall(&context, method, request, &queue);
    call->StartCall();
    grpc::ByteBuffer response;
    grpc::Status status;
    call->Finish(&response, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    ASSERT_TRUE(queue.Next(&tag, &ok));
    EXPECT_EQ(status.error_code(), code) << method;
  }
  EXPECT_TRUE(Answers());
}

TEST_F(GrpcServerTest, StopsInTimeWithAThousandOpenStreams) {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  std::vector<std::unique_ptr<TestStream<v1::WatchHostsResponse>>> streams;
  const auto stub = v1::HostService::NewStub(channel_);
  for (int i = 0; i < 1000; ++i) {
    streams.push_back(std::make_unique<TestStream<v1::WatchHostsResponse>>(
        [&](grpc::ClientContext* context) { return stub->WatchHosts(context, {}); }));
  }
  for (const auto& stream : streams) stream->Next();
  const SystemClock clock;
  const absl::Duration start = clock.Monotonic();
  service_.server->Stop();
  EXPECT_LT(clock.Monotonic() - start, absl::Seconds(5));
  for (const auto& stream : streams) {
    EXPECT_EQ(stream->End().error_code(), grpc::StatusCode::UNAVAILABLE);
  }
}

}  // namespace
}  // namespace syspulse
