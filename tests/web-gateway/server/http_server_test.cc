#include "web-gateway/server/http_server.h"

#include <sys/resource.h>
#include <unistd.h>

#include <random>

#include "tests/testing/sanitizers.h"
#include "tests/web-gateway/server/gateway_fixture.h"
#include "web-gateway/server/frame.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kListHosts = "/syspulse.v1.HostService/ListHosts";
constexpr const char* kWatch = "/syspulse.v1.MetricsService/WatchSnapshots";

TEST(ListenAddress, HasAHostAndAPort) {
  EXPECT_EQ(ParseListenAddress("127.0.0.1:8080")->port, 8080);
  EXPECT_EQ(ParseListenAddress("[::1]:0")->host, "::1");
  for (const char* text : {"", "8080", ":8080", "localhost", "localhost:", "a:70000", "a:-1"}) {
    EXPECT_FALSE(ParseListenAddress(text).ok()) << text;
  }
}

using Server = GatewayTest;

TEST_F(Server, PortInUseIsASentence) {
  const auto second = Gateway::Create({.listen = {.host = "127.0.0.1", .port = port()}},
                                      upstream_->NewChannel(), EmbeddedDescriptorSet());
  EXPECT_THAT(second, StatusIs(absl::StatusCode::kUnavailable,
                               HasSubstr("is in use; choose another with --http-listen")));
}

TEST_F(Server, ConnectionIsKeptAndRequestsMayBeSentAhead) {
  HttpClient client(port());
  client.SendRequest("GET", "/none1");
  client.SendRequest("GET", "/none2");
  client.SendRequest("GET", "/healthz");
  EXPECT_THAT(client.ReadAnswer().body, HasSubstr("/none1"));
  EXPECT_THAT(client.ReadAnswer().body, HasSubstr("/none2"));
  EXPECT_EQ(client.ReadAnswer().status, 200);
}

TEST_F(Server, RequestMayComeByteByByte) {
  upstream_->On(kListHosts, {.messages = {"answer"}});
  HttpClient client(port());
  for (const char c : "POST " + std::string(kListHosts) +
                          " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/proto\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n") {
    client.Send({&c, 1});
  }
  EXPECT_EQ(client.ReadAnswer().body, "answer");
  EXPECT_EQ(upstream_->WaitForCall(kListHosts).requests.at(0), "abcde");
}

TEST_F(Server, WhatIsSentFarAheadWaitsInTheKernel) {
  upstream_->On(kWatch, {.messages = {"one"}, .hold_open = true});
  HttpClient client(port());
  client.SendRequest("POST", kWatch, {"Content-Type: application/grpc-web"}, EncodeFrame(0, ""));
  EXPECT_EQ(client.ReadHead().status, 200);
  for (int i = 0; i < 2000; ++i) client.SendRequest("GET", "/");  // 80 KB of requests
  EXPECT_EQ(Get("/").status, 200);
}

TEST_F(Server, BytesThatAreNotHttpAreRefused) {
  std::minstd_rand random(1);
  for (int i = 0; i < 20; ++i) {
    std::string noise(200, '\0');
    for (char& c : noise) c = static_cast<char>(random() & 0xff);
    HttpClient client(port());
    client.Send(noise + "\r\n\r\n");
    EXPECT_EQ(client.ReadAnswer().status, 400);
    EXPECT_TRUE(client.ReadsEnd());
  }
  EXPECT_EQ(Get("/").status, 200);
}

TEST_F(Server, BrokenRequestsAreRefused) {
  for (const char* text :
       {"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET x HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: "
        "chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\rX"}) {
    HttpClient client(port());
    client.Send(text);
    EXPECT_EQ(client.ReadAnswer().status, 400) << text;
    EXPECT_TRUE(client.ReadsEnd());
  }
}

TEST_F(Server, HeadsAndBodiesHaveLimits) {
  EXPECT_EQ(Get("/", {"X-Long: " + std::string(20'000, 'x')}).status, 431);
  HttpClient announced(port());
  announced.Send(
      "POST /api/v1/live:watch HTTP/1.1\r\nHost: localhost\r\n"
      "Content-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n");
  EXPECT_EQ(announced.ReadAnswer().status, 413);  // before a byte of it
  HttpClient chunked(port());
  chunked.Send(
      "POST /api/v1/live:watch HTTP/1.1\r\nHost: localhost\r\n"
      "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "10000\r\n" + std::string(65536, ' ') + "\r\n";
  for (int i = 0; i < 65; ++i) chunked.Send(chunk);
  EXPECT_EQ(chunked.ReadAnswer().status, 413);
}

TEST_F(Server, LargeBodyIsAskedForAndTaken) {
  upstream_->On(kListHosts, {.messages = {"answer"}});
  const std::string body = std::string(3 << 20, 'x');
  HttpClient client(port());
  client.Send("POST " + std::string(kListHosts) +
              " HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
              "Content-Type: application/proto\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\n\r\n");
  EXPECT_EQ(client.ReadHead().status, 100);
  client.Send(body);
  EXPECT_EQ(client.ReadAnswer().body, "answer");
  EXPECT_EQ(upstream_->WaitForCall(kListHosts).requests.at(0).size(), body.size());
}

TEST_F(Server, OldClientsGetAnAnswerAndTheEnd) {
  HttpClient client(port());
  client.Send("GET /none HTTP/1.0\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client.ReadAnswer().status, 404);
  EXPECT_TRUE(client.ReadsEnd());
}

TEST_F(Server, ConnectionsHaveALimitAndOneThatLeavesMakesRoom) {
  StartGateway({.limits = {.connections = 2}});
  HttpClient first(port());
  first.SendRequest("GET", "/");
  EXPECT_EQ(first.ReadAnswer().status, 200);
  {
    HttpClient second(port());
    second.SendRequest("GET", "/");
    EXPECT_EQ(second.ReadAnswer().status, 200);
    HttpClient third(port());
    EXPECT_EQ(third.ReadAnswer().status, 503);
    EXPECT_TRUE(third.ReadsEnd());
  }
  HttpAnswer answer;
  for (int attempt = 0; attempt < 1000 && answer.status != 200; ++attempt) answer = Get("/");
  EXPECT_EQ(answer.status, 200);
}

TEST_F(Server, RequestsThatTrickleInAreCutOff) {
  using std::chrono::milliseconds;
  StartGateway({.limits = {.head_timeout = milliseconds(60),
                           .body_timeout = milliseconds(60),
                           .idle_timeout = milliseconds(60)}});
  HttpClient silent(port());
  EXPECT_TRUE(silent.ReadsEnd());
  HttpClient head(port());
  head.Send("GET / HTTP/1.1\r\nHost: loc");
  EXPECT_EQ(head.ReadAnswer().status, 408);
  EXPECT_TRUE(head.ReadsEnd());
  HttpClient body(port());
  body.SendRequest("POST", kListHosts, {"Content-Type: application/proto", "Content-Length: 10"},
                   "");
  body.Send("12345");
  EXPECT_EQ(body.ReadAnswer().status, 408);
  HttpClient idle(port());
  idle.SendRequest("GET", "/");
  EXPECT_EQ(idle.ReadAnswer().status, 200);
  EXPECT_TRUE(idle.ReadsEnd());
}

TEST_F(Server, AConnectionThatWasUsedIsToldWhatIsWrongAsANewOneIs) {
  HttpClient client(port());
  client.SendRequest("GET", "/");
  EXPECT_EQ(client.ReadAnswer().status, 200);
  client.Send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n");
  EXPECT_EQ(client.ReadAnswer().status, 413);
}

TEST_F(Server, ReaderThatTakesNothingIsCutOff) {
  StartGateway({.limits = {.write_timeout = std::chrono::milliseconds(60)}});
  upstream_->On(kWatch, {.messages = {std::string(1 << 20, 'x')}, .flood = true});
  HttpClient stuck(port());
  stuck.SendRequest("POST", kWatch, {"Content-Type: application/grpc-web"}, EncodeFrame(0, ""));
  EXPECT_TRUE(upstream_->WaitForCancellations(1));
}

TEST_F(Server, RunsOutOfDescriptorsAndRecovers) {
  if (kSanitized) GTEST_SKIP() << "the sanitizer needs descriptors itself, to look at memory";
  HttpClient kept(port());
  kept.SendRequest("GET", "/");
  EXPECT_EQ(kept.ReadAnswer().status, 200);
  HttpClient waiting(port());  // our end needs a descriptor too, so it comes first
  waiting.SendRequest("GET", "/");
  EXPECT_EQ(waiting.ReadAnswer().status, 200);
  const int lowest_free = dup(0);
  close(lowest_free);
  rlimit old_limit{};
  getrlimit(RLIMIT_NOFILE, &old_limit);
  // One for the client's end, none for the gateway's.
  const rlimit tight{.rlim_cur = static_cast<rlim_t>(lowest_free) + 1,
                     .rlim_max = old_limit.rlim_max};
  setrlimit(RLIMIT_NOFILE, &tight);
  HttpClient late(port());
  late.SendRequest("GET", "/");
  kept.SendRequest("GET", "/");
  EXPECT_EQ(kept.ReadAnswer().status, 200);
  setrlimit(RLIMIT_NOFILE, &old_limit);
  EXPECT_EQ(late.ReadAnswer().status, 200);
}

TEST_F(Server, SlowReaderHoldsBackItsOwnStreamOnly) {
  upstream_->On(kWatch, {.messages = {std::string(1 << 20, 'x')}, .flood = true});
  HttpClient slow(port());
  slow.SendRequest("POST", kWatch, {"Content-Type: application/grpc-web"}, EncodeFrame(0, ""));
  EXPECT_EQ(slow.ReadHead().status, 200);
  // The service's messages stop when the buffers on the way are full; others are served meanwhile.
  int before = -1;
  for (int round = 0; round < 500 && before != upstream_->sent_count(); ++round) {
    before = upstream_->sent_count();
    for (int i = 0; i < 20; ++i) EXPECT_EQ(Get("/healthz").status, 200);
  }
  EXPECT_EQ(before, upstream_->sent_count());
  EXPECT_LT(upstream_->sent_count(), 40);  // megabytes: what sockets hold, not what a server would
  slow.Close();
  EXPECT_TRUE(upstream_->WaitForCancellations(1));
}

TEST_F(Server, StopsWhileStreamsAreOpen) {
  upstream_->On(kWatch, {.messages = {"one"}, .hold_open = true});
  HttpClient client(port());
  client.SendRequest("POST", kWatch, {"Content-Type: application/grpc-web"}, EncodeFrame(0, ""));
  EXPECT_EQ(client.ReadHead().status, 200);
  HttpClient idle(port());
  gateway_.reset();
  EXPECT_THAT(client.ReadAnswerRest(),
              HasSubstr("grpc-status: 14\r\ngrpc-message: the gateway is stopping"));
  EXPECT_TRUE(client.ReadsEnd());
  EXPECT_TRUE(idle.ReadsEnd());
  EXPECT_TRUE(upstream_->WaitForCancellations(1));
}

TEST_F(Server, ClientsThatDoNotReadTheEndDoNotHoldItUp) {
  upstream_->On(kWatch, {.messages = {std::string(1 << 20, 'x')}, .flood = true});
  HttpClient client(port());
  client.SendRequest("POST", kWatch, {"Content-Type: application/grpc-web"}, EncodeFrame(0, ""));
  EXPECT_EQ(client.ReadHead().status, 200);
  const auto begin = std::chrono::steady_clock::now();
  gateway_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(4));
}

TEST_F(Server, HealthIsTheServicesOwn) {
  EXPECT_THAT(Get("/healthz").body, HasSubstr(R"("status":"SERVING")"));
  upstream_->SetServing(false);
  const HttpAnswer not_serving = Get("/healthz");
  EXPECT_EQ(not_serving.status, 503);
  EXPECT_THAT(not_serving.body, HasSubstr(R"("status":"NOT_SERVING")"));
  upstream_.reset();
  const HttpAnswer down = Get("/healthz");
  EXPECT_EQ(down.status, 503);
  EXPECT_THAT(down.body, HasSubstr("cannot reach syspulsed at 127.0.0.1:"));
}

TEST_F(Server, ServiceThatHangsIsASentence) {
  upstream_->On(kListHosts, {.hold_open = true});
  const HttpAnswer answer = Post(kListHosts, "application/proto", "", {"Grpc-Timeout: 50m"});
  EXPECT_EQ(answer.status, 504);
  EXPECT_EQ(answer.body, R"({"code":"deadline_exceeded","message":"syspulsed at )" +
                             upstream_->address() + R"( did not answer in time"})");
}

}  // namespace
}  // namespace syspulse
