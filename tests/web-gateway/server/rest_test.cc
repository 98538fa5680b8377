#include "web-gateway/server/rest.h"

#include "syspulse/v1/host_service.pb.h"
#include "syspulse/v1/ingest_service.pb.h"
#include "syspulse/v1/live_service.pb.h"
#include "syspulse/v1/metrics_service.pb.h"
#include "syspulse/v1/process_service.pb.h"
#include "tests/web-gateway/server/gateway_fixture.h"
#include "web-gateway/server/compression.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

constexpr const char* kGetHost = "/syspulse.v1.HostService/GetHost";
constexpr const char* kUpdateHost = "/syspulse.v1.HostService/UpdateHost";
constexpr const char* kWatch = "/syspulse.v1.MetricsService/WatchSnapshots";

class Rest : public GatewayTest {
 protected:
  // The last request of `method`, parsed.
  template <typename Request>
  Request Seen(const std::string& method) {
    Request request;
    const auto requests = upstream_->WaitForCall(method).requests;
    if (requests.size() == 1) request.ParseFromString(requests[0]);
    return request;
  }
};

TEST_F(Rest, PathVariablesFillTheRequest) {
  upstream_->On(kGetHost, {.messages = {""}});
  const HttpAnswer answer = Get("/api/v1/hosts/web%201");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "{}\n");
  EXPECT_EQ(Seen<v1::GetHostRequest>(kGetHost).name(), "hosts/web 1");
}

TEST_F(Rest, QueryParametersFillTheRequestInEitherSpelling) {
  upstream_->On(kWatch, {});
  EXPECT_EQ(
      Get("/api/v1/hosts/a/snapshots:watch?read_mask=cpu,memory.utilizationRatio&interval=1.5s")
          .status,
      200);
  const auto request = Seen<v1::WatchSnapshotsRequest>(kWatch);
  EXPECT_EQ(request.host(), "a");
  EXPECT_EQ(request.interval().seconds(), 1);
  EXPECT_EQ(request.interval().nanos(), 500'000'000);
  ASSERT_EQ(request.read_mask().paths_size(), 2);
  EXPECT_EQ(request.read_mask().paths(1), "memory.utilization_ratio");
  EXPECT_EQ(Get("/api/v1/snapshots:watch?readMask=memory.utilization_ratio").status, 200);
  EXPECT_EQ(Seen<v1::WatchSnapshotsRequest>(kWatch).read_mask().paths(0),
            "memory.utilization_ratio");
}

TEST_F(Rest, BodyFillsItsFieldAndThePathTheRest) {
  upstream_->On(kUpdateHost, {.messages = {""}});
  const HttpAnswer answer =
      Fetch(port(), "PATCH", "/api/v1/hosts/a?updateMask=displayName",
            {"Content-Type: application/json"}, R"({"displayName":"A","labels":{"k":"v"}})");
  EXPECT_EQ(answer.status, 200);
  const auto request = Seen<v1::UpdateHostRequest>(kUpdateHost);
  EXPECT_EQ(request.host().name(), "hosts/a");
  EXPECT_EQ(request.host().display_name(), "A");
  EXPECT_EQ(request.host().labels().at("k"), "v");
  EXPECT_EQ(request.update_mask().paths(0), "display_name");
}

TEST_F(Rest, WholeBodyFillsTheRequest) {
  const char* method = "/syspulse.v1.LiveService/Watch";
  upstream_->On(method, {});
  EXPECT_EQ(Post("/api/v1/live:watch", "application/json", R"({"topics":[{"hosts":{}}]})").status,
            200);
  EXPECT_TRUE(Seen<v1::WatchRequest>(method).topics(0).has_hosts());
}

TEST_F(Rest, OneRpcMayHaveSeveralPaths) {
  const char* method = "/syspulse.v1.ProcessService/ListProcesses";
  upstream_->On(method, {.messages = {""}});
  EXPECT_EQ(Get("/top-processes?pageSize=3").status, 200);
  EXPECT_EQ(Seen<v1::ListProcessesRequest>(method).page_size(), 3);
}

TEST_F(Rest, MistakesAreNamed) {
  const auto expect = [&](std::string_view target, const std::string& sentence) {
    const HttpAnswer answer = Get(target);
    EXPECT_EQ(answer.status, 400) << target;
    EXPECT_THAT(answer.body, HasSubstr(sentence));
    EXPECT_THAT(answer.body, HasSubstr(R"("status":"INVALID_ARGUMENT")"));
  };
  expect("/api/v1/hosts?page_siz=1", "parameter 'page_siz' is not a field");
  expect("/api/v1/hosts?pageSize=1e3", "parameter 'pageSize' is not a whole number in range");
  expect("/api/v1/hosts?pageSize=99999999999",
         "parameter 'pageSize' is not a whole number in range");
  expect("/api/v1/hosts?pageSize=1&pageSize=2", "parameter 'pageSize' is given twice");
  expect("/api/v1/hosts?pageToken=%ff", "parameter 'pageToken' is not UTF-8");
  expect("/api/v1/hosts?pageToken=%f", "not percent-encoded");
  expect("/api/v1/snapshots:watch?interval=soon", "parameter 'interval' is not a duration");
  expect("/api/v1/snapshots:watch?host.name=x", "goes through 'host'");
  const HttpAnswer answer =
      Post("/api/v1/metrics?host=other", "application/json",
           R"({"host":"a","metrics":[{"name":"jobs","samples":[{"value":0}]}]})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("parameter 'host' has no place here: the body is all"));
}

TEST_F(Rest, BodiesMayBeCompressedByGzip) {
  constexpr const char* kPush = "/syspulse.v1.IngestService/PushMetrics";
  upstream_->On(kPush, {.messages = {""}});
  const auto post = [&](const std::string& coding, const std::string& body) {
    return Post("/api/v1/metrics", "application/json", body, {"Content-Encoding: " + coding});
  };
  const std::string json = R"({"host":"a","metrics":[{"name":"jobs","samples":[{"value":0}]}]})";
  EXPECT_EQ(post("gzip", *Gzip(json, 1)).status, 200);
  EXPECT_EQ(Seen<v1::PushMetricsRequest>(kPush).host(), "a");
  EXPECT_EQ(post("identity", json).status, 200);
  const HttpAnswer plain = post("gzip", json);
  EXPECT_EQ(plain.status, 400);
  EXPECT_THAT(plain.body, HasSubstr("the body is not gzip"));
  EXPECT_EQ(post("gzip", *Gzip(std::string(64 << 20, ' ') + json, 9)).status, 400);
  const HttpAnswer other = post("br", json);
  EXPECT_EQ(other.status, 415);
  EXPECT_THAT(other.body, HasSubstr("content encoding 'br' is not taken; send gzip or none"));
}

TEST_F(Rest, ErrorsHaveTheirHttpStatusAndJson) {
  upstream_->On(kGetHost, {.status = grpc::Status(grpc::StatusCode::NOT_FOUND, "no host 'x'")});
  const HttpAnswer answer = Get("/api/v1/hosts/x");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body,
            "{\"code\":404,\"message\":\"no host 'x'\",\"status\":\"NOT_FOUND\",\"details\":[]}\n");
}

TEST_F(Rest, WrongVerbsAndPathsAreToldApart) {
  const HttpAnswer verb =
      Fetch(port(), "PUT", "/api/v1/hosts/a", {"Content-Type: application/json"}, "{}");
  EXPECT_EQ(verb.status, 405);
  EXPECT_EQ(verb.headers.at("allow"), "DELETE, GET, PATCH");
  EXPECT_EQ(Get("/api/v1/nothing").status, 404);
  EXPECT_THAT(Get("/api/v1/nothing").body, HasSubstr("there is nothing at /api/v1/nothing"));
}

TEST_F(Rest, StreamsAreLinesOfJson) {
  v1::WatchSnapshotsResponse message;
  message.set_dropped_count(2);
  upstream_->On(kWatch, {.messages = {message.SerializeAsString(), ""}});
  const HttpAnswer answer = Get("/api/v1/snapshots:watch");
  EXPECT_EQ(answer.headers.at("content-type"), "application/x-ndjson");
  EXPECT_EQ(answer.body, "{\"droppedCount\":\"2\"}\n{}\n");
}

TEST_F(Rest, StreamsAreEventsForThoseWhoAskForThem) {
  upstream_->On(kWatch, {.messages = {""},
                         .status = grpc::Status(grpc::StatusCode::UNAVAILABLE, "stopping")});
  const HttpAnswer answer = Get("/api/v1/snapshots:watch", {"Accept: text/event-stream"});
  EXPECT_EQ(answer.headers.at("content-type"), "text/event-stream");
  EXPECT_EQ(answer.body,
            "data: {}\n\nevent: error\ndata: {\"code\":503,\"message\":\"stopping\","
            "\"status\":\"UNAVAILABLE\",\"details\":[]}\n\n");
}

TEST_F(Rest, StreamThatFailsBeforeItBeginsHasAnHttpStatus) {
  upstream_->On(kWatch, {.status = grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "bad mask")});
  EXPECT_EQ(Get("/api/v1/snapshots:watch").status, 400);
}

TEST_F(Rest, StreamWithNothingToSayYetShowsThatItIsOpen) {
  upstream_->On(kWatch, {.hold_open = true});
  HttpClient client(port());
  client.SendRequest("GET", "/api/v1/snapshots:watch");
  EXPECT_EQ(client.ReadHead().status, 200);
}

TEST_F(Rest, LongAnswersAreCompressedForThoseWhoAccept) {
  v1::GetHostResponse response;
  response.mutable_host()->set_os_name(std::string(5000, 'x'));
  upstream_->On(kGetHost, {.messages = {response.SerializeAsString()}});
  const HttpAnswer answer = Get("/api/v1/hosts/a", {"Accept-Encoding: br, gzip"});
  EXPECT_EQ(answer.headers.at("content-encoding"), "gzip");
  EXPECT_LT(answer.body.size(), 200u);
  EXPECT_EQ(Get("/api/v1/hosts/a").headers.count("content-encoding"), 0u);
}

TEST_F(Rest, MetricsArePushedAsARequestOrAsAReport) {
  constexpr const char* kPush = "/syspulse.v1.IngestService/PushMetrics";
  upstream_->On(kPush, {.messages = {""}});
  for (const char* const path : {"/api/v1/metrics", "/api/monitoring/data"}) {
    EXPECT_EQ(Post(path, "application/json",
                   R"({"host":"a","metrics":[{"name":"jobs","samples":[{"value":0}]}]})")
                  .status,
              200);
    const auto request = Seen<v1::PushMetricsRequest>(kPush);
    EXPECT_EQ(request.host(), "a");
    EXPECT_TRUE(request.metrics(0).samples(0).has_value());
    EXPECT_EQ(
        Post(path, "application/json", R"({"agent_id":"b","system":{"cpu_percent":7}})").status,
        200);
    EXPECT_EQ(Seen<v1::PushMetricsRequest>(kPush).metrics(0).name(), "custom_system_cpu_percent");
    const HttpAnswer refusal = Post(path, "application/json", R"({"agent_id":"b","x":NaN})");
    EXPECT_EQ(refusal.status, 400);
    EXPECT_THAT(refusal.body, HasSubstr("a number is expected at byte"));
    EXPECT_EQ(Post(path, "application/json", R"({"host":1})").status, 400);
    EXPECT_EQ(Post(path, "application/json", "{").status, 400);
  }
}

}  // namespace
}  // namespace syspulse
