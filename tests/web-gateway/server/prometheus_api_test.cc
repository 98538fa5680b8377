#include "web-gateway/server/prometheus_api.h"

#include <google/protobuf/util/time_util.h>

#include <bit>
#include <cmath>
#include <string>
#include <variant>

#include "absl/strings/str_format.h"
#include "services/promql/series_source.h"
#include "syspulse/v1/metrics_service.pb.h"
#include "syspulse/v1/query_service.pb.h"
#include "tests/web-gateway/server/gateway_fixture.h"
#include "web-gateway/server/compression.h"
#include "web-gateway/server/prometheus_endpoint.h"
#include "web-gateway/server/route_table.h"

namespace syspulse {
namespace {

using google::protobuf::util::TimeUtil;
using ::testing::HasSubstr;

constexpr const char* kQuery = "/syspulse.v1.QueryService/Query";
constexpr const char* kQueryRange = "/syspulse.v1.QueryService/QueryRange";
constexpr const char* kListSeries = "/syspulse.v1.QueryService/ListSeries";
constexpr const char* kListLabels = "/syspulse.v1.QueryService/ListLabels";
constexpr const char* kListMetrics = "/syspulse.v1.MetricsService/ListMetrics";
constexpr const char* kForm = "application/x-www-form-urlencoded";

class PrometheusApi : public GatewayTest {
 protected:
  template <typename Message>
  void Answers(const char* method, const Message& message) {
    upstream_->On(method, {.messages = {message.SerializeAsString()}});
  }
  template <typename Request>
  Request Asked(const char* method) {
    Request request;
    const SeenCall call = upstream_->WaitForCall(method);
    EXPECT_EQ(call.requests.size(), 1U);
    EXPECT_TRUE(!call.requests.empty() && request.ParseFromString(call.requests[0]));
    return request;
  }
  // A grid of `steps` seconds with one series whose values are their moments.
  static v1::QueryRangeResponse Grid(int steps) {
    v1::QueryRangeResponse grid;
    *grid.mutable_start_time() = TimeUtil::MillisecondsToTimestamp(500);
    *grid.mutable_step() = TimeUtil::SecondsToDuration(1);
    v1::GridSeries* const series = grid.add_series();
    (*series->mutable_labels())["cpu"] = "0";
    for (int i = 0; i < steps; ++i) series->add_values(i);
    return grid;
  }
};

TEST(PrometheusPaths, AreNoneOfTheContract) {
  const auto contract = LoadContract(EmbeddedDescriptorSet());
  ASSERT_THAT(contract, IsOk());
  const auto routes = RouteTable::Create(*contract);
  ASSERT_THAT(routes, IsOk());
  for (const char* path :
       {"/api/v1/query", "/api/v1/query_range", "/api/v1/query_exemplars", "/api/v1/series",
        "/api/v1/labels", "/api/v1/label/job/values", "/api/v1/metadata",
        "/api/v1/status/buildinfo", "/api/v1/rules", "/api/v1/alerts"}) {
    EXPECT_TRUE(IsPrometheusPath(path)) << path;
    EXPECT_FALSE(routes->Match("GET", path)) << path;
    EXPECT_FALSE(routes->Match("POST", path)) << path;
  }
  for (const char* path : {"/api/v1/metrics", "/api/v1/query/", "/api/v1/label//values",
                           "/api/v1/label/a/b/values", "/api/v1/label/values", "/query"}) {
    EXPECT_FALSE(IsPrometheusPath(path)) << path;
  }
}

TEST_F(PrometheusApi, AnswersAQueryOfAForm) {
  v1::QueryResponse response;
  *response.mutable_time() = TimeUtil::MillisecondsToTimestamp(4500);
  response.set_scalar(2);
  Answers(kQuery, response);
  const HttpAnswer answer =
      Post("/api/v1/query?query=3", kForm, "query=1%2B1&time=4.5&timeout=5s", {"Authorization: k"});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-type"), "application/json");
  EXPECT_EQ(answer.body,
            R"({"status":"success","data":{"resultType":"scalar","result":[4.5,"2"]}})");
  const auto request = Asked<v1::QueryRequest>(kQuery);
  EXPECT_EQ(request.query(), "1+1");
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(request.time()), 4500);
  EXPECT_EQ(request.timeout().seconds(), 5);
  EXPECT_EQ(upstream_->WaitForCall(kQuery).metadata.find("authorization")->second, "k");
}

TEST_F(PrometheusApi, WritesVectorsWithWarningsAndStatistics) {
  v1::QueryResponse response;
  *response.mutable_time() = TimeUtil::SecondsToTimestamp(4);
  v1::VectorSample* const sample = response.mutable_vector()->add_samples();
  (*sample->mutable_labels())["__name__"] = "up";
  sample->set_value(1e21);
  response.add_warnings("careful");
  response.mutable_stats()->set_sample_count(7);
  Answers(kQuery, response);
  EXPECT_EQ(Get("/api/v1/query?query=up").body,
            R"({"status":"success","data":{"resultType":"vector","result":[{"metric":)"
            R"({"__name__":"up"},"value":[4,"1e+21"]}]},"warnings":["careful"]})");
  EXPECT_FALSE(Asked<v1::QueryRequest>(kQuery).has_time());
  EXPECT_THAT(Get("/api/v1/query?query=up&stats=all").body,
              HasSubstr(R"("samples":{"totalQueryableSamples":7,)"));
}

TEST_F(PrometheusApi, LeavesGapsOutButNoOtherNaN) {
  v1::QueryRangeResponse grid = Grid(4);
  grid.mutable_series(0)->set_values(1, std::bit_cast<double>(promql::kStaleBits));
  grid.mutable_series(0)->set_values(2, std::nan(""));
  Answers(kQueryRange, grid);
  EXPECT_EQ(Get("/api/v1/query_range?query=x&start=0.5&end=4&step=1s").body,
            R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{"cpu":"0"},)"
            R"("values":[[0.500,"0"],[2.500,"NaN"],[3.500,"3"]]}]}})");
  const auto request = Asked<v1::QueryRangeRequest>(kQueryRange);
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(request.end_time()), 4000);
  EXPECT_EQ(TimeUtil::DurationToMilliseconds(request.step()), 1000);
}

TEST_F(PrometheusApi, SendsLargeAnswersInPiecesOfTheSameText) {
  v1::QueryRangeResponse grid = Grid(11'000);
  for (int i = 1; i < 8; ++i) *grid.add_series() = grid.series(0);
  Answers(kQueryRange, grid);
  constexpr const char* kTarget = "/api/v1/query_range?query=x&start=0&end=9&step=1";
  HttpClient client(port());
  client.SendRequest("GET", kTarget);
  EXPECT_EQ(client.ReadHead().headers.at("transfer-encoding"), "chunked");
  const std::string plain = client.ReadAnswerRest();
  EXPECT_GT(plain.size(), 1U << 20);
  EXPECT_TRUE(plain.starts_with(R"({"status":"success")") && plain.ends_with("]}]}}"));
  HttpClient gzip(port());
  gzip.SendRequest("GET", kTarget, {"Accept-Encoding: gzip"});
  EXPECT_EQ(gzip.ReadHead().headers.at("content-encoding"), "gzip");
  EXPECT_EQ(Gunzip(gzip.ReadAnswerRest(), 8 << 20), plain);
}

TEST_F(PrometheusApi, TellsErrorsAsPrometheusDoes) {
  using enum grpc::StatusCode;
  const auto told = [this](grpc::StatusCode code, const char* text, const char* target) {
    upstream_->On(kQuery, {.status = grpc::Status(code, text)});
    upstream_->On(kQueryRange, {.status = grpc::Status(code, text)});
    const HttpAnswer answer = Get(target);
    return std::to_string(answer.status) + " " + answer.body;
  };
  constexpr const char* kInstant = "/api/v1/query?query=x";
  constexpr const char* kRange = "/api/v1/query_range?query=x&start=0&end=9&step=1";
  EXPECT_EQ(told(INVALID_ARGUMENT, "1:1: no", kInstant),
            R"(400 {"status":"error","errorType":"bad_data","error":)"
            R"("invalid parameter \"query\": 1:1: no"})");
  EXPECT_EQ(told(INVALID_ARGUMENT, "1:1: no", kRange),
            R"(400 {"status":"error","errorType":"bad_data","error":"1:1: no"})");
  EXPECT_EQ(told(FAILED_PRECONDITION, "many", kRange),
            R"(422 {"status":"error","errorType":"execution","error":"many"})");
  EXPECT_THAT(told(RESOURCE_EXHAUSTED, "Received message larger than max (9 vs. 4)", kRange),
              HasSubstr("the answer is too large"));
  constexpr const char* kTimeout = R"(503 {"status":"error","errorType":"timeout","error":)";
  EXPECT_EQ(told(DEADLINE_EXCEEDED, "query timed out in y", kInstant),
            std::string(kTimeout) + R"("query timed out in y"})");
  EXPECT_EQ(told(DEADLINE_EXCEEDED, "late", kRange),
            std::string(kTimeout) + R"("query timed out: late"})");
  EXPECT_THAT(told(UNAVAILABLE, "stopping", kInstant), HasSubstr("\"unavailable\""));
  EXPECT_THAT(told(UNAUTHENTICATED, "who?", kInstant), HasSubstr("401 "));
  upstream_->On(kQuery, {.messages = {"\xff\xff"}});
  EXPECT_EQ(Get(kInstant).status, 500);
  upstream_->On(kQuery, {});
  EXPECT_THAT(Get(kInstant).body, HasSubstr("the service sent no answer"));
}

// What a service that hangs costs a client is what it asked for, and little more.
TEST(PrometheusTimeout, IsThatOfTheCallAsWell) {
  const auto timeout_of = [](auto endpoint, const char* query) {
    const PrometheusStep step = endpoint->Begin({query, ""});
    return std::get<PrometheusCall>(step).timeout;
  };
  constexpr absl::Duration kMargin = absl::Seconds(5);
  for (const auto& [text, asked] :
       {std::pair("&timeout=1s", absl::Seconds(1)), std::pair("&timeout=0.5", absl::Seconds(0.5)),
        std::pair("&timeout=1w", absl::Minutes(2)), std::pair("", absl::Minutes(2))}) {
    const std::string instant = std::string("query=up") + text;
    const std::string range = instant + "&start=0&end=9&step=1";
    const absl::Duration one = timeout_of(NewInstantQueryEndpoint(), instant.c_str());
    EXPECT_TRUE(asked < one && one <= asked + kMargin) << instant << ": " << one;
    EXPECT_EQ(timeout_of(NewRangeQueryEndpoint(), range.c_str()), one) << range;
  }
}

TEST(PrometheusList, FollowsPages) {
  const auto endpoint = NewLabelsEndpoint();
  ASSERT_TRUE(std::holds_alternative<PrometheusCall>(endpoint->Begin({"", ""})));
  v1::ListLabelsResponse page;
  page.add_labels("a");
  page.set_next_page_token("more");
  const PrometheusStep next = endpoint->Take(page.SerializeAsString());
  ASSERT_TRUE(std::holds_alternative<PrometheusCall>(next));
  v1::ListLabelsRequest request;
  ASSERT_TRUE(request.ParseFromString(std::get<PrometheusCall>(next).request));
  EXPECT_EQ(request.page_token(), "more");
  page.set_labels(0, "b");
  page.clear_next_page_token();
  const PrometheusStep last = endpoint->Take(page.SerializeAsString());
  ASSERT_TRUE(std::holds_alternative<PrometheusBody>(last));
  const auto& body = std::get<PrometheusBody>(last);
  std::string json = body.head;
  for (std::size_t i = 0; i < body.count; ++i) body.append(i, &json);
  EXPECT_EQ(json + body.tail, R"({"status":"success","data":["a","b"]})");
  EXPECT_TRUE(std::holds_alternative<PrometheusError>(endpoint->Take("\xff")));
}

TEST_F(PrometheusApi, ListsLabelsBetweenTwoMoments) {
  v1::ListLabelsResponse page;
  page.add_labels("a");
  page.add_labels("b");
  Answers(kListLabels, page);
  EXPECT_EQ(Get("/api/v1/labels?match[]=up&start=5&end=292277025-08-18T07:12:54.999999999Z").body,
            R"({"status":"success","data":["a","b"]})");
  const auto request = Asked<v1::ListLabelsRequest>(kListLabels);
  EXPECT_EQ(request.selectors(0), "up");
  EXPECT_EQ(request.start_time().seconds(), 5);
  EXPECT_FALSE(request.has_end_time());
}

TEST_F(PrometheusApi, RefusesSelectorsBeforeTheServiceIsAsked) {
  EXPECT_THAT(Get("/api/v1/series").body, HasSubstr("no match[] parameter provided"));
  EXPECT_THAT(Get("/api/v1/series?match[]={}").body,
              HasSubstr(R"(invalid parameter \"match[]\": match[] must contain at least one)"));
  EXPECT_THAT(Get("/api/v1/label/1a/values").body, HasSubstr(R"(invalid label name: \"1a\")"));
  EXPECT_EQ(Get("/api/v1/labels?match[]=up&start=9&end=1").body,
            R"({"status":"success","data":[]})");
}

TEST_F(PrometheusApi, ListsSeries) {
  v1::ListSeriesResponse page;
  (*page.add_series()->mutable_labels())["__name__"] = "up";
  (*page.add_series()->mutable_labels())["job"] = "\n";
  Answers(kListSeries, page);
  EXPECT_EQ(Post("/api/v1/series", kForm, "match[]=up").body,
            R"({"status":"success","data":[{"__name__":"up"},{"job":"\n"}]})");
}

TEST_F(PrometheusApi, TellsWhatMetricsMean) {
  v1::ListMetricsResponse page;
  for (const char* name : {"b_total", "a"}) {
    v1::MetricFamily* const family = page.add_metrics()->mutable_family();
    family->set_name(name);
    family->set_type(v1::METRIC_TYPE_COUNTER);
    family->set_help("How \"many\".");
  }
  Answers(kListMetrics, page);
  constexpr const char* kB = R"("b_total":[{"type":"counter","help":"How \"many\".","unit":""}]}})";
  EXPECT_THAT(Get("/api/v1/metadata").body, HasSubstr(std::string("],") + kB));
  EXPECT_EQ(Get("/api/v1/metadata?metric=b_total").body,
            std::string(R"({"status":"success","data":{)") + kB);
  EXPECT_EQ(Get("/api/v1/metadata?limit=0").body, R"({"status":"success","data":{}})");
  EXPECT_THAT(Get("/api/v1/metadata?limit=1.5").body, HasSubstr("limit must be a number"));
}

TEST_F(PrometheusApi, HasNoRules) {
  EXPECT_EQ(Get("/api/v1/rules").body, R"({"status":"success","data":{"groups":[]}})");
  EXPECT_EQ(Get("/api/v1/alerts").body, R"({"status":"success","data":{"alerts":[]}})");
  EXPECT_EQ(Get("/api/v1/query_exemplars?query=up").body, R"({"status":"success","data":[]})");
  EXPECT_THAT(Get("/api/v1/status/buildinfo").body, HasSubstr(R"("version":"2.42.0")"));
}

TEST_F(PrometheusApi, WritesEachOfManySamplesOnce) {
  v1::QueryResponse response;
  std::string expected;
  for (const int count : {10'000, 0, 4096, 1}) {
    v1::MatrixSeries* const series = response.mutable_matrix()->add_series();
    expected += expected.empty() ? "" : ",";
    expected += R"({"metric":{},"values":[)";
    for (int i = 0; i < count; ++i) {
      series->add_times_ms(i * 1000);
      series->add_values(i);
      expected += absl::StrFormat("%s[%d,\"%d\"]", i > 0 ? "," : "", i, i);
    }
    expected += "]}";
  }
  Answers(kQuery, response);
  EXPECT_EQ(Get("/api/v1/query?query=x[1d]").body,
            R"({"status":"success","data":{"resultType":"matrix","result":[)" + expected + "]}}");
}

TEST_F(PrometheusApi, TakesFormsOnlyWhereItSaysSo) {
  EXPECT_EQ(Post("/api/v1/metadata", kForm, "a=b").status, 415);
  EXPECT_EQ(Post("/api/v1/snapshot", kForm, "a=b").status, 415);
  EXPECT_EQ(Post("/api/v1/query", kForm, "query=1", {"Origin: http://example.org"}).status, 403);
  EXPECT_EQ(Fetch(port(), "PUT", "/api/v1/query").status, 405);
  EXPECT_EQ(Fetch(port(), "OPTIONS", "/api/v1/query").status, 204);
}

TEST_F(PrometheusApi, NamesTheFormToWhoSendsSomethingElse) {
  for (const char* type : {"application/json", "text/plain", "application/grpc", ""}) {
    const HttpAnswer answer = Post("/api/v1/query", type, R"({"query":"up"})");
    EXPECT_EQ(answer.status, 415) << type;
    EXPECT_THAT(answer.body, HasSubstr("as application/x-www-form-urlencoded, or in the URL"));
  }
  v1::QueryResponse response;
  response.set_scalar(1);
  Answers(kQuery, response);
  EXPECT_EQ(Post("/api/v1/query?query=1", "application/json", "").status, 200);
}

TEST_F(PrometheusApi, StopsTheQueryOfAClientThatLeaves) {
  upstream_->On(kQuery, {.hold_open = true});
  HttpClient client(port());
  client.SendRequest("GET", "/api/v1/query?query=up");
  upstream_->WaitForCall(kQuery);
  client.Close();
  EXPECT_TRUE(upstream_->WaitForCancellations(1));
}

}  // namespace
}  // namespace syspulse
