#include "web-gateway/server/grpc_web.h"

#include "syspulse/v1/host_service.pb.h"
#include "syspulse/v1/metrics_service.pb.h"
#include "tests/web-gateway/server/gateway_fixture.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kListHosts = "/syspulse.v1.HostService/ListHosts";
constexpr const char* kWatch = "/syspulse.v1.MetricsService/WatchSnapshots";
constexpr const char* kType = "application/grpc-web+proto";

std::string TrailerFrame(std::string_view block) { return EncodeFrame(kFrameTrailers, block); }

using GrpcWeb = GatewayTest;

TEST_F(GrpcWeb, UnaryMessagesPassAsTheyAre) {
  // Bytes that are no message of any kind: nobody on the way may parse them.
  upstream_->On(kListHosts, {.messages = {"\xff\xfe answer"}});
  const HttpAnswer answer = Post(kListHosts, kType, EncodeFrame(0, "\xff\xfe request"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-type"), kType);
  EXPECT_EQ(answer.body, EncodeFrame(0, "\xff\xfe answer") + TrailerFrame("grpc-status: 0\r\n"));
  EXPECT_THAT(upstream_->WaitForCall(kListHosts).requests, ElementsAre("\xff\xfe request"));
}

TEST_F(GrpcWeb, TextFormIsBase64BothWays) {
  upstream_->On(kListHosts, {.messages = {"answer"}});
  const HttpAnswer answer =
      Post(kListHosts, "application/grpc-web-text", EncodeBase64(EncodeFrame(0, "request")));
  EXPECT_EQ(answer.headers.at("content-type"), "application/grpc-web-text");
  EXPECT_EQ(answer.body, EncodeBase64(EncodeFrame(0, "answer")) +
                             EncodeBase64(TrailerFrame("grpc-status: 0\r\n")));
}

TEST_F(GrpcWeb, StreamsMessageByMessage) {
  upstream_->On(kWatch, {.messages = {"one", "two"}, .hold_open = true});
  HttpClient client(port());
  client.SendRequest("POST", kWatch, {"Content-Type: application/grpc-web"}, EncodeFrame(0, ""));
  EXPECT_EQ(client.ReadHead().status, 200);
  const std::string both = EncodeFrame(0, "one") + EncodeFrame(0, "two");
  EXPECT_EQ(client.ReadBody(both.size()), both);  // although the stream goes on
}

TEST_F(GrpcWeb, ErrorsAreInTheTrailersFrameWithTheirMessageEncoded) {
  upstream_->On(kListHosts,
                {.status = grpc::Status(grpc::StatusCode::NOT_FOUND, "no host “x”\n100%")});
  const HttpAnswer answer = Post(kListHosts, kType, EncodeFrame(0, ""));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, TrailerFrame("grpc-status: 5\r\n"
                                      "grpc-message: no host %E2%80%9Cx%E2%80%9D%0A100%25\r\n"));
}

TEST_F(GrpcWeb, ErrorAfterMessagesEndsTheStreamWithIt) {
  upstream_->On(kWatch, {.messages = {"one"},
                         .status = grpc::Status(grpc::StatusCode::UNAVAILABLE, "stopping")});
  const HttpAnswer answer = Post(kWatch, kType, EncodeFrame(0, ""));
  EXPECT_EQ(answer.body,
            EncodeFrame(0, "one") + TrailerFrame("grpc-status: 14\r\ngrpc-message: stopping\r\n"));
}

TEST_F(GrpcWeb, MetadataPassesBothWays) {
  upstream_->On(kListHosts, {.messages = {""},
                             .headers = {{"x-head", "h"}, {"x-raw-bin", std::string("\0\1", 2)}},
                             .trailers = {{"x-tail", "t"}}});
  const HttpAnswer answer = Post(kListHosts, kType, EncodeFrame(0, ""),
                                 {"Authorization: Bearer key", "X-Raw-Bin: AAE", "Cookie: secret=1",
                                  "Sec-Fetch-Mode: cors", "X-Forwarded-For: 198.51.100.1:1"});
  EXPECT_EQ(answer.headers.at("x-head"), "h");
  EXPECT_EQ(answer.headers.at("x-raw-bin"), "AAE");
  EXPECT_THAT(answer.body, HasSubstr("x-tail: t\r\n"));
  const auto seen = upstream_->WaitForCall(kListHosts).metadata;
  EXPECT_EQ(seen.find("authorization")->second, "Bearer key");
  EXPECT_EQ(seen.find("x-raw-bin")->second, std::string("\0\1", 2));
  EXPECT_EQ(seen.count("cookie"), 0u);
  EXPECT_EQ(seen.count("sec-fetch-mode"), 0u);
  ASSERT_EQ(seen.count("x-forwarded-for"), 1u);
  EXPECT_THAT(seen.find("x-forwarded-for")->second, StartsWith("127.0.0.1:"));
}

TEST_F(GrpcWeb, DeadlinePassesAndEndsTheCall) {
  upstream_->On(kWatch, {.hold_open = true});
  const HttpAnswer answer = Post(kWatch, kType, EncodeFrame(0, ""), {"grpc-timeout: 50m"});
  EXPECT_THAT(answer.body, HasSubstr("grpc-status: 4\r\n"));
}

TEST_F(GrpcWeb, AClientThatLeavesCancelsTheCall) {
  upstream_->On(kWatch, {.messages = {"one"}, .hold_open = true});
  HttpClient client(port());
  client.SendRequest("POST", kWatch, {"Content-Type: application/grpc-web"}, EncodeFrame(0, ""));
  EXPECT_EQ(client.ReadHead().status, 200);
  client.Close();
  EXPECT_TRUE(upstream_->WaitForCancellations(1));
}

TEST_F(GrpcWeb, UnreachableServiceIsNamed) {
  const std::string address = upstream_->address();
  upstream_->On(kListHosts, {.messages = {"back"}});
  const int upstream_port = upstream_->port();
  upstream_.reset();
  const HttpAnswer down = Post(kListHosts, kType, EncodeFrame(0, ""));
  EXPECT_THAT(down.body,
              HasSubstr("grpc-status: 14\r\ngrpc-message: cannot reach syspulsed at " + address));
  upstream_ = std::make_unique<FakeUpstream>(upstream_port);
  upstream_->On(kListHosts, {.messages = {"back"}});
  // The channel tries again by itself.
  ASSERT_TRUE(
      channel_->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(5)));
  EXPECT_THAT(Post(kListHosts, kType, EncodeFrame(0, "")).body, StartsWith(EncodeFrame(0, "back")));
}

TEST_F(GrpcWeb, BrokenBodiesAreInvalid) {
  const std::string frame = EncodeFrame(0, "request");
  const std::string giant("\0\xff\xff\xff\xff", 5);
  for (const std::string& body :
       {frame.substr(0, 7), frame + frame, giant, std::string("\x55\0\0\0\0", 5)}) {
    const HttpAnswer answer = Post(kListHosts, kType, body);
    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(answer.body,
                ::testing::AnyOf(HasSubstr("grpc-status: 3\r\n"), HasSubstr("grpc-status: 8\r\n")))
        << body.size();
  }
  EXPECT_THAT(
      Fetch(port(), "POST", kListHosts, {"Content-Type: application/grpc-web", "Content-Length: 0"})
          .body,
      HasSubstr("holds none"));
  const HttpAnswer text = Post(kListHosts, "application/grpc-web-text", "!!!!");
  EXPECT_EQ(text.headers.at("content-type"), "application/grpc-web-text");
}

TEST_F(GrpcWeb, BidirectionalRpcIsRefusedOverHttp1) {
  const HttpAnswer answer =
      Post("/syspulse.v1.IngestService/PushFrames", kType, EncodeFrame(0, ""));
  EXPECT_THAT(answer.body, HasSubstr("grpc-status: 12\r\n"));
  EXPECT_THAT(answer.body, HasSubstr("streams in both directions"));
}

TEST_F(GrpcWeb, RpcsThatTheGatewayHasNeverHeardOfPass) {
  upstream_->On("/other.v1.Thing/Do", {.messages = {"a", "b"}});
  EXPECT_EQ(Post("/other.v1.Thing/Do", kType, EncodeFrame(0, "x") + EncodeFrame(0, "y")).body,
            EncodeFrame(0, "a") + EncodeFrame(0, "b") + TrailerFrame("grpc-status: 0\r\n"));
  EXPECT_THAT(upstream_->WaitForCall("/other.v1.Thing/Do").requests, ElementsAre("x", "y"));
}

}  // namespace
}  // namespace syspulse
