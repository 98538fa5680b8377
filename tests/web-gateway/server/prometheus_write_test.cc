#include "web-gateway/server/prometheus_write.h"

#include <string>
#include <utility>
#include <vector>

#include "syspulse/v1/ingest_service.pb.h"
#include "tests/web-gateway/server/gateway_fixture.h"
#include "web-gateway/server/limits.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kWrite = "/syspulse.v1.IngestService/WriteSeries";
constexpr const char* kPath = "/api/v1/write";
constexpr const char* kType = "application/x-protobuf";

class PrometheusWrite : public GatewayTest {
 protected:
  void Answers(const grpc::Status& status) {
    Script script{.status = status};
    if (status.ok()) script.messages = {v1::WriteSeriesResponse().SerializeAsString()};
    upstream_->On(kWrite, std::move(script));
  }
  HttpAnswer Write(std::string_view body, std::string_view type = kType,
                   const std::string& coding = "snappy", std::vector<std::string> headers = {}) {
    if (!coding.empty()) headers.push_back("Content-Encoding: " + coding);
    return Post(kPath, type, body, std::move(headers));
  }
};

TEST_F(PrometheusWrite, TheBodyGoesToTheServiceAsItCame) {
  Answers(grpc::Status::OK);
  for (const std::string& body : {std::string("abc\0\xff", 5), std::string(300'000, 'x')}) {
    const HttpAnswer answer = Write(body, kType, "snappy",
                                    {"X-Prometheus-Remote-Write-Version: 0.1.0",
                                     "Authorization: Bearer key", "User-Agent: Prometheus/2.42.0"});
    EXPECT_EQ(answer.status, 204);
    EXPECT_THAT(answer.body, IsEmpty());
    const SeenCall call = upstream_->WaitForCall(kWrite);
    ASSERT_EQ(call.requests.size(), 1U);
    v1::WriteSeriesRequest request;
    ASSERT_TRUE(request.ParseFromString(call.requests[0]));
    EXPECT_EQ(request.snappy_write_request(), body);
    EXPECT_TRUE(call.has_deadline);
    EXPECT_EQ(call.metadata.find("authorization")->second, "Bearer key");
  }
}

TEST_F(PrometheusWrite, ASenderThatLeavesEndsTheCall) {
  upstream_->On(kWrite, {.hold_open = true});
  HttpClient client(port());
  client.SendRequest("POST", kPath,
                     {"Content-Type: application/x-protobuf", "Content-Encoding: snappy"}, "body");
  upstream_->WaitForCall(kWrite);
  client.Close();
  EXPECT_TRUE(upstream_->WaitForCancellations(1));
}

TEST_F(PrometheusWrite, OtherContentIsRefused) {
  Answers(grpc::Status::OK);
  for (const auto& [type, coding] :
       {std::pair("application/x-protobuf;proto=io.prometheus.write.v2.Request", "snappy"),
        std::pair("application/json", "snappy"), std::pair("text/plain", "snappy"),
        std::pair(kType, "gzip"), std::pair(kType, "zstd"), std::pair(kType, "")}) {
    const HttpAnswer answer = Write("abc", type, coding);
    EXPECT_EQ(answer.status, 415) << type << " " << coding;
    EXPECT_THAT(answer.body, HasSubstr("is not taken; send"));
  }
  EXPECT_EQ(Write("abc", "application/x-protobuf; proto=\"prometheus.WriteRequest\"").status, 204);
  EXPECT_EQ(Write("abc", kType, "snappy", {"X-Prometheus-Remote-Write-Version: 2.0.0"}).status,
            415);
  EXPECT_EQ(Get(kPath).status, 405);
}

TEST_F(PrometheusWrite, PagesOfOthersMayNotWrite) {
  Answers(grpc::Status::OK);
  EXPECT_EQ(Write("abc", kType, "snappy", {"Origin: http://evil.example"}).status, 403);
}

TEST_F(PrometheusWrite, TheStatusSaysWhetherToSendAgain) {
  using Code = grpc::StatusCode;
  for (const auto& [code, status] :
       {std::pair(Code::INVALID_ARGUMENT, 400), std::pair(Code::OUT_OF_RANGE, 413),
        std::pair(Code::RESOURCE_EXHAUSTED, 429), std::pair(Code::UNAVAILABLE, 503),
        std::pair(Code::DEADLINE_EXCEEDED, 503), std::pair(Code::PERMISSION_DENIED, 403),
        std::pair(Code::INTERNAL, 500)}) {
    Answers(grpc::Status(code, "why it failed"));
    const HttpAnswer answer = Write("abc");
    EXPECT_EQ(answer.status, status);
    EXPECT_THAT(answer.body, HasSubstr("why it failed"));
  }
}

TEST_F(PrometheusWrite, ABodyThatIsTooLargeIsRefused) {
  Answers(grpc::Status::OK);
  EXPECT_EQ(Write(std::string(kMaxBodyBytes + 1, 'x')).status, 413);
}

TEST_F(PrometheusWrite, AServiceThatIsAwayIsToldAsSomethingThatPasses) {
  upstream_.reset();
  EXPECT_EQ(Write("abc").status, 503);
}

}  // namespace
}  // namespace syspulse
