#include "web-gateway/server/http2_session.h"

#include <chrono>

#include "tests/web-gateway/server/gateway_fixture.h"
#include "tests/web-gateway/server/http2_client.h"
#include "web-gateway/server/frame.h"
#include "web-gateway/server/limits.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

constexpr const char* kPush = "/syspulse.v1.IngestService/PushFrames";
constexpr const char* kReflection =
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
constexpr const char* kListHosts = "/syspulse.v1.HostService/ListHosts";
constexpr const char* kWatch = "/syspulse.v1.MetricsService/WatchSnapshots";

using Headers = std::vector<std::pair<std::string, std::string>>;
const Headers kGrpcWebHeaders = {{"content-type", "application/grpc-web+proto"}};

std::string GrpcWebEnd() { return EncodeFrame(kFrameTrailers, "grpc-status: 0\r\n"); }

class Http2 : public GatewayTest {
 protected:
  // Opens a stream whose answer never ends, and reads its beginning.
  void OpenFlood(Http2Client* client) {
    upstream_->On(kWatch, {.messages = {std::string(1 << 20, 'x')}, .flood = true});
    const auto stream = client->Open("POST", kWatch, kGrpcWebHeaders);
    client->Write(stream, EncodeFrame(0, ""));
    client->End(stream);
    client->WaitFor(stream, [](const auto& s) { return !s.body.empty(); });
  }
};

TEST_F(Http2, BothDirectionsFlowAtOnce) {
  for (const char* method : {kPush, kReflection}) {
    upstream_->On(method, {.echo = true});
    Http2Client client(port());
    const auto stream = client.Open("POST", method, kGrpcWebHeaders);
    std::string expected;
    for (const char* message : {"one", "two"}) {
      client.Write(stream, EncodeFrame(0, message));
      expected += EncodeFrame(0, message);
      // The answer comes although the request has not ended.
      EXPECT_EQ(
          client.WaitFor(stream, [&](const auto& s) { return s.body.size() >= expected.size(); })
              .body,
          expected);
    }
    client.End(stream);
    EXPECT_EQ(client.WaitForEnd(stream).body, expected + GrpcWebEnd());
  }
}

TEST_F(Http2, ConnectStreamsBothWaysInJson) {
  upstream_->On(kPush, {.echo = true});
  Http2Client client(port());
  const auto stream = client.Open("POST", kPush, {{"content-type", "application/connect+json"}});
  client.Write(stream, EncodeFrame(0, R"({"batch":{"sequence":"7"}})"));
  client.End(stream);
  // The request's field 2 is the answer's acknowledgement, and both begin with a sequence number.
  EXPECT_EQ(client.WaitForEnd(stream).body,
            EncodeFrame(0, R"({"acknowledgement":{"sequence":"7"}})") +
                EncodeFrame(kFrameConnectEnd, "{}"));
}

TEST_F(Http2, ManyCallsShareAConnection) {
  upstream_->On(kListHosts, {.messages = {"answer"}});
  upstream_->On(kWatch, {.messages = {"one"}, .hold_open = true});
  Http2Client client(port());
  const auto watch = client.Open("POST", kWatch, kGrpcWebHeaders);
  client.Write(watch, EncodeFrame(0, ""));
  client.End(watch);
  client.WaitFor(watch, [](const auto& s) { return !s.body.empty(); });
  for (int i = 0; i < 50; ++i) {
    const auto stream = client.Open("POST", kListHosts, kGrpcWebHeaders);
    client.Write(stream, EncodeFrame(0, ""));
    client.End(stream);
    EXPECT_EQ(client.WaitForEnd(stream).body, EncodeFrame(0, "answer") + GrpcWebEnd());
  }
  client.Reset(watch);
  EXPECT_TRUE(upstream_->WaitForCancellations(1));
}

TEST_F(Http2, PagesAndRestAreServedToo) {
  Http2Client client(port());
  const auto page = client.Open("GET", "/");
  client.End(page);
  const auto& answer = client.WaitForEnd(page);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("x-content-type-options"), "nosniff");
  EXPECT_THAT(answer.body, HasSubstr("SysPulse"));
  const auto wrong = client.Open("GET", "/api/v1/hosts?x=1");
  client.End(wrong);
  EXPECT_EQ(client.WaitForEnd(wrong).status, 400);
}

TEST_F(Http2, ThePolicyHoldsHereToo) {
  Http2Client client(port());
  const auto misdirected = client.Open("GET", "/", {}, "evil.example.org");
  client.End(misdirected);
  EXPECT_EQ(client.WaitForEnd(misdirected).status, 421);
  const auto foreign = client.Open("GET", "/", {{"origin", "http://evil.example.org"}});
  client.End(foreign);
  EXPECT_EQ(client.WaitForEnd(foreign).status, 403);
}

TEST_F(Http2, HeadsHaveALimit) {
  Http2Client client(port());
  Headers headers;
  for (int i = 0; i < 20; ++i)
    headers.emplace_back("x-" + std::to_string(i), std::string(1000, 'x'));
  const auto stream = client.Open("GET", "/", headers);
  client.End(stream);
  EXPECT_NE(client.WaitForEnd(stream).error_code, 0u);
  const auto next = client.Open("GET", "/");
  client.End(next);
  EXPECT_EQ(client.WaitForEnd(next).status, 200);
}

// By a table, a byte on the wire is a header of two; each counts for 32 and what it says.
TEST_F(Http2, ManyTinyHeadersAreTooManyToo) {
  Http2Client client(port());
  const auto stream = client.Open("GET", "/", Headers(600, {"a", "b"}));
  client.End(stream);
  EXPECT_NE(client.WaitForEnd(stream).error_code, 0u);
}

TEST_F(Http2, ARequestThatStopsHalfwayGivesBackItsRoom) {
  StartGateway({.limits = {.body_timeout = std::chrono::milliseconds(100)}});
  upstream_->On(kPush, {.echo = true});
  Http2Client client(port());
  const auto stuck = client.Open("POST", kListHosts, kGrpcWebHeaders);
  client.Write(stuck, EncodeFrame(0, std::string(1000, 'x')).substr(0, 500));
  const auto open = client.Open("POST", kPush, kGrpcWebHeaders);
  client.Write(open, EncodeFrame(0, "one"));
  EXPECT_NE(client.WaitForEnd(stuck).error_code, 0u);
  // A stream that holds nothing stays.
  client.Write(open, EncodeFrame(0, "two"));
  const std::string expected = EncodeFrame(0, "one") + EncodeFrame(0, "two");
  EXPECT_EQ(
      client.WaitFor(open, [&](const auto& s) { return s.body.size() >= expected.size(); }).body,
      expected);
}

TEST_F(Http2, ARequestThatNeverBeginsItsBodyIsReset) {
  StartGateway({.limits = {.body_timeout = std::chrono::milliseconds(100)}});
  Http2Client client(port());
  const auto stream = client.Open("POST", kListHosts, kGrpcWebHeaders);
  EXPECT_NE(client.WaitForEnd(stream).error_code, 0u);
}

TEST_F(Http2, AnAnswerThatNobodyTakesIsDropped) {
  StartGateway({.limits = {.write_timeout = std::chrono::milliseconds(100)}});
  Http2Client client(port());
  OpenFlood(&client);
  EXPECT_TRUE(upstream_->WaitForCancellations(1));  // nothing is read meanwhile
}

TEST_F(Http2, NothingComesBehindTrailers) {
  Http2Client client(port());
  const auto stream = client.Open("POST", kListHosts, kGrpcWebHeaders);
  for (int i = 0; i < 2; ++i) client.Write(stream, EncodeFrame(kFrameTrailers, "x"));
  EXPECT_THAT(client.WaitForEnd(stream).body, HasSubstr("behind its trailers"));
}

TEST_F(Http2, RequestsThatAreOpenedToBeResetEndTheConnection) {
  upstream_->On(kWatch, {.hold_open = true});
  Http2Client client(port());
  for (std::size_t i = 0; i < kMaxResets + 50; ++i) {
    const auto stream = client.Open("POST", kWatch, kGrpcWebHeaders);
    client.Write(stream, EncodeFrame(0, ""));
    client.Reset(stream);
  }
  EXPECT_TRUE(client.ReadsEnd());
  EXPECT_EQ(Get("/").status, 200);
}

TEST_F(Http2, SlowReaderHoldsBackItsOwnStreamOnly) {
  Http2Client client(port());
  OpenFlood(&client);
  int before = -1;
  for (int round = 0; round < 500 && before != upstream_->sent_count(); ++round) {
    before = upstream_->sent_count();
    for (int i = 0; i < 20; ++i) EXPECT_EQ(Get("/healthz").status, 200);
  }
  EXPECT_LT(upstream_->sent_count(), 40);
}

// The leak checker of `tests/run --asan` says if it is not.
TEST_F(Http2, AStreamWhoseEndNobodyTakesIsLetGoOf) {
  constexpr std::size_t kWindow = 65'535;  // of a client that reads nothing
  upstream_->On(kWatch, {.messages = {std::string(kWindow - EncodeFrame(0, "").size(), 'x')}});
  {
    Http2Client client(port());
    const auto stream = client.Open("POST", kWatch, kGrpcWebHeaders);
    client.Write(stream, EncodeFrame(0, ""));
    client.End(stream);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(Get("/healthz").status, 200);
  }
  EXPECT_EQ(Get("/healthz").status, 200);
}

TEST_F(Http2, StoppingEndsStreamsWithAStatus) {
  upstream_->On(kWatch, {.messages = {"one"}, .hold_open = true});
  Http2Client client(port());
  const auto stream = client.Open("POST", kWatch, kGrpcWebHeaders);
  client.Write(stream, EncodeFrame(0, ""));
  client.End(stream);
  client.WaitFor(stream, [](const auto& s) { return !s.body.empty(); });
  gateway_.reset();
  EXPECT_THAT(client.WaitForEnd(stream).body, HasSubstr("the gateway is stopping"));
  EXPECT_TRUE(client.ReadsEnd());
}

TEST_F(Http2, GarbageAfterThePrefaceEndsTheConnection) {
  HttpClient client(port());
  client.Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + std::string(500, '\xff'));
  EXPECT_TRUE(client.ReadsEnd());
  EXPECT_EQ(Get("/").status, 200);
}

TEST_F(Http2, PrefaceMayComeInPieces) {
  HttpClient client(port());
  client.Send("PRI * HT");
  EXPECT_EQ(Get("/").status, 200);  // meanwhile
  client.Send("TP/2.0\r\n\r\nSM\r\n\r\n" + std::string("\0\0\0\x04\0\0\0\0\0", 9));
  gateway_.reset();  // closes it with all others
  EXPECT_TRUE(client.ReadsEnd());
}

}  // namespace
}  // namespace syspulse
