#include "web-gateway/server/connect_protocol.h"

#include "syspulse/v1/host_service.pb.h"
#include "syspulse/v1/metrics_service.pb.h"
#include "tests/web-gateway/server/gateway_fixture.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kGetHost = "/syspulse.v1.HostService/GetHost";
constexpr const char* kWatch = "/syspulse.v1.MetricsService/WatchSnapshots";

std::string HostAnswer() {
  v1::GetHostResponse response;
  response.mutable_host()->set_name("hosts/a");
  response.mutable_host()->set_state(v1::HOST_STATE_ONLINE);
  response.mutable_host()->set_memory_bytes(8'000'000'000);
  return response.SerializeAsString();
}

constexpr const char* kHostJson =
    R"({"host":{"name":"hosts/a","memoryBytes":"8000000000","state":"HOST_STATE_ONLINE"}})";

std::string End(std::string_view json) { return EncodeFrame(kFrameConnectEnd, json); }

using Connect = GatewayTest;

TEST_F(Connect, UnaryJson) {
  upstream_->On(kGetHost, {.messages = {HostAnswer()}, .trailers = {{"x-tail", "t"}}});
  const HttpAnswer answer =
      Post(kGetHost, "application/json", R"({"name":"a"})", {"Connect-Protocol-Version: 1"});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-type"), "application/json");
  EXPECT_EQ(answer.headers.at("trailer-x-tail"), "t");
  EXPECT_EQ(answer.body, kHostJson);
  v1::GetHostRequest request;
  request.set_name("a");
  EXPECT_THAT(upstream_->WaitForCall(kGetHost).requests, ElementsAre(request.SerializeAsString()));
}

TEST_F(Connect, UnaryProtoPassesAsItIs) {
  upstream_->On(kGetHost, {.messages = {"\xff bytes"}});
  const HttpAnswer answer = Post(kGetHost, "application/proto", "\xff request");
  EXPECT_EQ(answer.headers.at("content-type"), "application/proto");
  EXPECT_EQ(answer.body, "\xff bytes");
  EXPECT_THAT(upstream_->WaitForCall(kGetHost).requests, ElementsAre("\xff request"));
}

TEST_F(Connect, ReadsMayBeCalledByGet) {
  upstream_->On(kGetHost, {.messages = {HostAnswer()}});
  const std::string path = kGetHost;
  EXPECT_EQ(Get(path + "?connect=v1&encoding=json&message=%7B%22name%22%3A%22a%22%7D").body,
            kHostJson);
  EXPECT_EQ(Get(path + "?connect=v1&encoding=json&base64=1&message=eyJuYW1lIjoiYSJ9").body,
            kHostJson);
  EXPECT_EQ(Get(path + "?connect=v1&encoding=json").status, 400);
  EXPECT_EQ(Get(path + "?connect=v1&encoding=json&base64=1&message=%21").status, 400);
  EXPECT_EQ(Get("/syspulse.v1.HostService/DeleteHost?encoding=json&message=%7B%7D").status, 405);
}

TEST_F(Connect, ErrorsHaveTheirHttpStatusAndJson) {
  // google.rpc.Status{code: 5, details: [Any{type.googleapis.com/x.Y, "ab"}]}
  constexpr const char* kDetails =
      "\x08\x05\x1a\x1e\x0a\x18type.googleapis.com/x.Yz\x12\x02"
      "ab";
  upstream_->On(kGetHost,
                {.status = grpc::Status(grpc::StatusCode::NOT_FOUND, "no \"host\"", kDetails)});
  const HttpAnswer answer = Post(kGetHost, "application/json", "{}");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(
      answer.body,
      R"({"code":"not_found","message":"no \"host\"","details":[{"type":"x.Yz","value":"YWI"}]})");
}

TEST_F(Connect, MistakesInJsonAreNamed) {
  const HttpAnswer answer = Post(kGetHost, "application/json", R"({"nam":"a"})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("invalid_argument"));
  EXPECT_THAT(answer.body, HasSubstr("nam"));
  EXPECT_EQ(Post(kGetHost, "application/json", "{").status, 400);
  EXPECT_EQ(Post(kGetHost, "application/json", std::string(100'000, '[')).status, 400);
}

TEST_F(Connect, StreamsJsonInEnvelopes) {
  v1::WatchSnapshotsResponse message;
  message.mutable_snapshot()->mutable_cpu()->set_utilization_ratio(0);  // measured: is printed
  upstream_->On(kWatch, {.messages = {message.SerializeAsString()}, .trailers = {{"x-tail", "t"}}});
  const HttpAnswer answer =
      Post(kWatch, "application/connect+json", EncodeFrame(0, R"({"host":"a"})"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-type"), "application/connect+json");
  EXPECT_EQ(answer.body, EncodeFrame(0, R"({"snapshot":{"cpu":{"utilizationRatio":0}}})") +
                             End(R"({"metadata":{"x-tail":["t"]}})"));
}

TEST_F(Connect, StreamsProtoInEnvelopes) {
  upstream_->On(kWatch, {.messages = {"\xff"}});
  EXPECT_EQ(Post(kWatch, "application/connect+proto", EncodeFrame(0, "")).body,
            EncodeFrame(0, "\xff") + End("{}"));
}

TEST_F(Connect, ErrorOfAStreamIsInItsEnd) {
  upstream_->On(kWatch, {.status = grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "no")});
  const HttpAnswer answer = Post(kWatch, "application/connect+json", EncodeFrame(0, "{}"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, End(R"({"error":{"code":"invalid_argument","message":"no"}})"));
}

TEST_F(Connect, TimeoutEndsTheCall) {
  upstream_->On(kGetHost, {.hold_open = true});
  const HttpAnswer answer = Post(kGetHost, "application/json", "{}", {"Connect-Timeout-Ms: 50"});
  EXPECT_EQ(answer.status, 504);
  EXPECT_THAT(answer.body, HasSubstr("deadline_exceeded"));
  EXPECT_EQ(Post(kGetHost, "application/json", "{}", {"Connect-Timeout-Ms: soon"}).status, 400);
}

TEST_F(Connect, WrongKindOfBodyIsRefused) {
  EXPECT_EQ(Post(kWatch, "application/json", "{}").status, 415);
  EXPECT_EQ(Post(kGetHost, "application/connect+json", EncodeFrame(0, "{}")).status, 415);
  EXPECT_EQ(Post(kGetHost, "text/plain", "{}").status, 415);
}

TEST_F(Connect, BidirectionalAndUnknownRpcsAreUnimplemented) {
  const char* push = "/syspulse.v1.IngestService/PushFrames";
  const HttpAnswer unary = Post(push, "application/json", "{}");
  EXPECT_EQ(unary.status, 501);
  EXPECT_THAT(unary.body, HasSubstr("streams in both directions"));
  EXPECT_THAT(Post(push, "application/connect+json", EncodeFrame(0, "{}")).body,
              HasSubstr(R"("code":"unimplemented")"));
  EXPECT_EQ(Post("/syspulse.v1.HostService/No", "application/json", "{}").status, 501);
}

}  // namespace
}  // namespace syspulse
