#include "web-gateway/server/body_budget.h"

#include <list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "syspulse/v1/query_service.pb.h"
#include "tests/web-gateway/server/gateway_fixture.h"
#include "tests/web-gateway/server/http2_client.h"
#include "web-gateway/server/frame.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

constexpr const char* kListHosts = "/syspulse.v1.HostService/ListHosts";
constexpr const char* kPush = "/syspulse.v1.IngestService/PushFrames";
constexpr const char* kWrite = "/syspulse.v1.IngestService/WriteSeries";
constexpr const char* kQuery = "/syspulse.v1.QueryService/Query";
constexpr std::size_t kKilo = 1 << 10;

TEST(BodyShare, TakesOfTheBudgetAndGivesBack) {
  BodyBudget budget(1000);
  {
    BodyShare share(&budget);
    EXPECT_TRUE(share.Grow(600));
    EXPECT_FALSE(share.Grow(401));
    EXPECT_EQ(budget.used_bytes(), 600U);
    BodyShare other(&budget);
    EXPECT_TRUE(other.Grow(400));
    EXPECT_FALSE(other.Grow(1));
    share.Shrink(700);  // it has less
    EXPECT_EQ(share.bytes(), 600U);
    share.Shrink(100);
    EXPECT_TRUE(other.Grow(500));
  }
  EXPECT_EQ(budget.used_bytes(), 0U);
}

TEST(BodyShare, IsGivenBackOnceWhereverItGoes) {
  BodyBudget budget(1000);
  BodyShare share(&budget);
  ASSERT_TRUE(share.Grow(600));
  BodyShare part = share.Split(200);
  EXPECT_EQ(share.bytes(), 400U);
  EXPECT_EQ(share.Split(1000).bytes(), 400U);  // and goes at once
  EXPECT_EQ(budget.used_bytes(), 200U);
  BodyShare kept = std::move(part);
  part = {};
  EXPECT_EQ(budget.used_bytes(), 200U);
  kept = BodyShare(&budget);
  EXPECT_EQ(budget.used_bytes(), 0U);
  EXPECT_FALSE(BodyShare().Grow(1));
  EXPECT_TRUE(BodyShare().Grow(0));
}

TEST(BodyShare, LargeOnesLeaveRoomForSmallOnes) {
  BodyBudget budget(800 * kKilo);
  BodyShare large(&budget);
  EXPECT_TRUE(large.Grow(700 * kKilo));
  EXPECT_FALSE(large.Grow(1));
  BodyShare small(&budget);
  EXPECT_TRUE(small.Grow(64 * kKilo));
  EXPECT_FALSE(small.Grow(1));  // large now
  BodyShare last(&budget);
  EXPECT_TRUE(last.Grow(36 * kKilo));
  EXPECT_FALSE(last.Grow(1));
}

class Bodies : public GatewayTest {
 protected:
  // A request whose body is announced and comes in part; its connection stays open.
  void SendPart(std::size_t bytes) {
    HttpClient& client = *waiting_.emplace_back(std::make_unique<HttpClient>(port()));
    client.Send("POST " + std::string(kListHosts) +
                " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/proto\r\n"
                "Content-Length: " +
                std::to_string(2 * bytes) + "\r\n\r\n" + std::string(bytes, 'x'));
  }
  // Asks until the answer has that status; the gateway may not have seen yet what happened before.
  HttpAnswer AskUntil(int status, const std::string& body) {
    HttpAnswer answer;
    for (int attempt = 0; attempt < 2000 && answer.status != status; ++attempt) {
      answer = Post(kListHosts, "application/proto", body);
    }
    EXPECT_EQ(answer.status, status);
    return answer;
  }

  std::list<std::unique_ptr<HttpClient>> waiting_;
};

TEST_F(Bodies, ThatWaitLeaveRoomForSmallOnesAndMakeRoomWhenTheyGo) {
  StartGateway({.limits = {.body_bytes = 800 * kKilo}});
  upstream_->On(kListHosts, {.messages = {"answer"}});
  const std::string large(200 * kKilo, 'x');
  EXPECT_EQ(Post(kListHosts, "application/proto", large).status, 200);
  for (int i = 0; i < 6; ++i) SendPart(100 * kKilo);
  const HttpAnswer refused = AskUntil(503, large);
  EXPECT_EQ(refused.headers.at("retry-after"), "1");
  EXPECT_EQ(refused.body,
            R"({"code":"unavailable","message":"the gateway holds as many bytes of requests as it )"
            R"(takes; try again in a second"})");
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Post(kListHosts, "application/proto", std::string(60 * kKilo, 'x')).status, 200);
  }
  waiting_.clear();
  AskUntil(200, large);
}

TEST_F(Bodies, AreRefusedInTheWordsOfEachApi) {
  StartGateway({.limits = {.body_bytes = 1000}});
  const std::string body(2000, 'x');
  const auto refusal = [&](const char* path, const char* type, std::vector<std::string> headers) {
    const HttpAnswer answer = Post(path, type, body, std::move(headers));
    EXPECT_EQ(answer.headers.at("retry-after"), "1") << path;
    return std::to_string(answer.status) + " " + answer.body;
  };
  constexpr const char* kSentence = "the gateway holds as many bytes of requests as it takes";
  EXPECT_THAT(
      refusal("/api/v1/query", "application/x-www-form-urlencoded", {}),
      HasSubstr(std::string(R"(503 {"status":"error","errorType":"unavailable","error":")") +
                kSentence));
  EXPECT_THAT(refusal("/api/v1/write", "application/x-protobuf", {"Content-Encoding: snappy"}),
              HasSubstr(std::string("503 ") + kSentence));
  EXPECT_THAT(refusal("/api/v1/live:watch", "application/json", {}),
              HasSubstr(std::string(R"(503 {"code":503,"message":")") + kSentence));
  EXPECT_THAT(refusal(kListHosts, "application/json", {}),
              HasSubstr(std::string(R"(503 {"code":"unavailable","message":")") + kSentence));
  EXPECT_THAT(refusal(kListHosts, "application/grpc-web", {}), HasSubstr("grpc-status: 14\r\n"));
}

TEST_F(Bodies, AreGivenBackWithEveryAnswer) {
  StartGateway({.limits = {.body_bytes = 1000}});
  v1::QueryResponse one;
  one.set_scalar(1);
  upstream_->On(kListHosts, {.messages = {"answer"}});
  upstream_->On(kQuery, {.messages = {one.SerializeAsString()}});
  upstream_->On(kWrite, {.messages = {""}});
  const std::string spaces(900, '+');
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Post(kListHosts, "application/proto", std::string(900, 'x')).status, 200);
    EXPECT_EQ(Post("/api/v1/query", "application/x-www-form-urlencoded", "query=1" + spaces).status,
              200);
    EXPECT_EQ(Post("/api/v1/write", "application/x-protobuf", std::string(900, 'x'),
                   {"Content-Encoding: snappy"})
                  .status,
              204);
    EXPECT_EQ(Post("/none", "application/json", std::string(900, 'x')).status, 404);
    EXPECT_EQ(Post(kListHosts, "application/proto", std::string(2000, 'x')).status, 503);
  }
}

TEST_F(Bodies, OfHttp2CountAsWell) {
  StartGateway({.limits = {.body_bytes = 1000}});
  upstream_->On(kListHosts, {.messages = {"answer"}});
  Http2Client client(port());
  const auto ask = [&](std::size_t size) {
    const auto stream = client.Open("POST", kListHosts, {{"content-type", "application/proto"}});
    client.Write(stream, std::string(size, 'x'));
    client.End(stream);
    return client.WaitForEnd(stream).status;
  };
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(ask(900), 200);
    EXPECT_EQ(ask(2000), 503);
  }
}

TEST_F(Bodies, OfAStreamCountUntilTheyAreSent) {
  StartGateway({.limits = {.body_bytes = 1000}});
  upstream_->On(kPush, {.echo = true});
  Http2Client client(port());
  const auto stream = client.Open("POST", kPush, {{"content-type", "application/grpc-web+proto"}});
  const std::string frame = EncodeFrame(0, std::string(400, 'x'));
  for (std::size_t count = 1; count <= 10; ++count) {
    client.Write(stream, frame.substr(0, 200));
    client.Write(stream, frame.substr(200));
    EXPECT_EQ(
        client.WaitFor(stream, [&](const auto& s) { return s.body.size() >= count * frame.size(); })
            .body.size(),
        count * frame.size());
  }
  client.Write(stream, EncodeFrame(0, std::string(1000, 'x')));
  EXPECT_THAT(client.WaitForEnd(stream).body, HasSubstr("grpc-status: 14\r\n"));
}

}  // namespace
}  // namespace syspulse
