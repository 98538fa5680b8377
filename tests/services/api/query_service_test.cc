#include "services/api/query_service.h"

#include <gmock/gmock.h>

#include <bit>
#include <cmath>
#include <map>
#include <string>

#include "syspulse/v1/query_service.grpc.pb.h"
#include "tests/testing/service.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

using LabelsOfSeries = std::map<std::string, std::string>;

constexpr std::int64_t kStart = 1'700'000'000'000;  // milliseconds

template <typename Message>
LabelsOfSeries LabelsIn(const Message& message) {
  return {message.labels().begin(), message.labels().end()};
}

// Two hosts with a minute of samples; the second host was silent for the first half of it.
class QueryServiceTest : public ::testing::Test {
 protected:
  QueryServiceTest() {
    for (int second = 0; second <= 60; ++second) {
      Add("a", second, second * 2);
      if (second >= 30) Add("b", second, second * 3);
    }
    service_.clock.Step(absl::FromUnixMillis(kStart + 60'000));
  }

  void Add(const std::string& instance, int second, double value) {
    service_.history.Add(promql::Labels::Of({{"__name__", "x_total"}, {"instance", instance}}),
                         kStart + second * 1000, value);
  }

  v1::QueryResponse Query(const std::string& query, grpc::Status* status = nullptr) {
    v1::QueryRequest request;
    request.set_query(query);
    return Call<v1::QueryResponse>(&v1::QueryService::Stub::Query, request, status);
  }
  v1::QueryRangeRequest Range(const std::string& query, int step_seconds) {
    v1::QueryRangeRequest request;
    request.set_query(query);
    request.mutable_start_time()->set_seconds(kStart / 1000);
    request.mutable_end_time()->set_seconds(kStart / 1000 + 60);
    request.mutable_step()->set_seconds(step_seconds);
    return request;
  }

  template <typename Response, typename Method, typename Request>
  Response Call(Method method, const Request& request, grpc::Status* status = nullptr) {
    TestContext context;
    Response response;
    const grpc::Status got = (stub_.get()->*method)(&context, request, &response);
    if (status != nullptr) {
      *status = got;
    } else {
      EXPECT_TRUE(got.ok()) << got.error_message();
    }
    return response;
  }

  TestService service_;
  std::unique_ptr<v1::QueryService::Stub> stub_ = service_.Stub<v1::QueryService>();
};

TEST_F(QueryServiceTest, AnswersEachKindOfValue) {
  EXPECT_EQ(Query("1 + 1").scalar(), 2);
  EXPECT_EQ(Query("\"a\"").text(), "a");
  const v1::QueryResponse vector = Query("sum by (instance) (x_total)");
  ASSERT_EQ(vector.vector().samples_size(), 2);
  EXPECT_THAT(LabelsIn(vector.vector().samples(0)), ElementsAre(Pair("instance", "a")));
  EXPECT_EQ(vector.vector().samples(0).value(), 120);
  EXPECT_EQ(vector.time().seconds(), kStart / 1000 + 60);
  EXPECT_EQ(vector.stats().series_count(), 2);
  const v1::QueryResponse matrix = Query("x_total{instance=\"b\"}[2s]");
  ASSERT_EQ(matrix.matrix().series_size(), 1);
  EXPECT_THAT(matrix.matrix().series(0).values(), ElementsAre(174, 177, 180));
  EXPECT_THAT(matrix.matrix().series(0).times_ms(),
              ElementsAre(kStart + 58'000, kStart + 59'000, kStart + 60'000));
}

TEST_F(QueryServiceTest, AnswersAreTextThatCanBeRead) {
  EXPECT_EQ(Query(R"("a\xff")").text(), "a\xEF\xBF\xBD");
  const v1::QueryResponse vector = Query(R"(label_replace(vector(1), "x", "\xff", "", ""))");
  EXPECT_THAT(LabelsIn(vector.vector().samples(0)), ElementsAre(Pair("x", "\xEF\xBF\xBD")));
}

// What is told of may be the name of a file, and those are any bytes.
TEST_F(QueryServiceTest, WarnsOfWhatIsMissingWhoeverMeasuredIt) {
  service_.history.Lose(kStart + 30'000, "\xff.block");
  const auto lost = ElementsAre("some samples are damaged and left out: \xEF\xBF\xBD.block");
  for (const char* query : {"x_total", "count_over_time(x_total[1m])", "x_total[1m]", "nobody",
                            "max_over_time(x_total[20s:1s] offset 15s)"}) {
    EXPECT_THAT(Query(query).warnings(), lost) << query;
  }
  EXPECT_THAT(Query("x_total[29s]").warnings(), ::testing::IsEmpty());
  EXPECT_THAT(Query("vector(1)").warnings(), ::testing::IsEmpty());
  EXPECT_THAT(
      Call<v1::QueryRangeResponse>(&v1::QueryService::Stub::QueryRange, Range("sum(x_total)", 30))
          .warnings(),
      lost);
}

TEST_F(QueryServiceTest, AskedOfAMomentAnswersThat) {
  v1::QueryRequest request;
  request.set_query("x_total{instance=\"a\"}");
  request.mutable_time()->set_seconds(kStart / 1000 + 7);
  const auto response = Call<v1::QueryResponse>(&v1::QueryService::Stub::Query, request);
  EXPECT_EQ(response.vector().samples(0).value(), 14);
}

TEST_F(QueryServiceTest, AnswersARangeAsAGridWithGaps) {
  const auto response =
      Call<v1::QueryRangeResponse>(&v1::QueryService::Stub::QueryRange, Range("x_total", 20));
  EXPECT_EQ(response.step_count(), 4);
  EXPECT_EQ(response.start_time().seconds(), kStart / 1000);
  ASSERT_EQ(response.series_size(), 2);
  EXPECT_THAT(response.series(0).values(), ElementsAre(0, 40, 80, 120));
  const auto& late = response.series(1).values();
  EXPECT_EQ(std::bit_cast<std::uint64_t>(late.Get(0)), promql::kStaleBits);
  EXPECT_EQ(late.Get(2), 120);
}

TEST_F(QueryServiceTest, TellsAComputedNaNFromAGap) {
  const auto response = Call<v1::QueryRangeResponse>(&v1::QueryService::Stub::QueryRange,
                                                     Range("x_total{instance=\"a\"} * NaN", 60));
  EXPECT_TRUE(std::isnan(response.series(0).values(0)));
  EXPECT_NE(std::bit_cast<std::uint64_t>(response.series(0).values(0)), promql::kStaleBits);
}

TEST_F(QueryServiceTest, SaysWhatIsWrongWithAQuery) {
  grpc::Status status;
  Query("sum(", &status);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("1:5: parse error"));
  Query("x_total + on () x_total", &status);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  auto range = Range("x_total", 20);
  range.clear_step();
  Call<v1::QueryRangeResponse>(&v1::QueryService::Stub::QueryRange, range, &status);
  EXPECT_THAT(status.error_message(), HasSubstr("step must be a millisecond at least"));
  range = Range("x_total", 20);
  range.mutable_end_time()->set_seconds(1);
  Call<v1::QueryRangeResponse>(&v1::QueryService::Stub::QueryRange, range, &status);
  EXPECT_THAT(status.error_message(), HasSubstr("end_time is before start_time"));
  range = Range("x_total", 20);
  range.mutable_step()->set_seconds(0);
  range.mutable_step()->set_nanos(1'000'000);
  Call<v1::QueryRangeResponse>(&v1::QueryService::Stub::QueryRange, range, &status);
  EXPECT_THAT(status.error_message(), HasSubstr("maximum resolution of 11"));
}

TEST_F(QueryServiceTest, AnAnswerThatFitsIntoNoMessageIsRefusedInWords) {
  grpc::Status status;
  Query("vector(1)[14h:10ms]", &status);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), HasSubstr("the answer has 67 MiB, and at most 60 are sent"));
  EXPECT_EQ(Query("count_over_time(vector(1)[14h:10ms])").vector().samples(0).value(), 5'040'001);
}

TEST_F(QueryServiceTest, ListsSeriesPageByPage) {
  v1::ListSeriesRequest request;
  request.add_selectors("x_total{instance=\"b\"}");
  request.add_selectors("{__name__=~\"x.*\"}");
  request.set_page_size(1);
  auto response = Call<v1::ListSeriesResponse>(&v1::QueryService::Stub::ListSeries, request);
  ASSERT_EQ(response.series_size(), 1);
  EXPECT_EQ(response.series(0).labels().at("instance"), "a");
  request.set_page_token(response.next_page_token());
  response = Call<v1::ListSeriesResponse>(&v1::QueryService::Stub::ListSeries, request);
  ASSERT_EQ(response.series_size(), 1);
  EXPECT_EQ(response.series(0).labels().at("instance"), "b");
  EXPECT_THAT(response.next_page_token(), IsEmpty());
}

TEST_F(QueryServiceTest, ListsLabelsAndTheirValues) {
  EXPECT_THAT(
      Call<v1::ListLabelsResponse>(&v1::QueryService::Stub::ListLabels, v1::ListLabelsRequest())
          .labels(),
      ElementsAre("__name__", "instance"));
  v1::ListLabelValuesRequest request;
  request.set_label("instance");
  EXPECT_THAT(
      Call<v1::ListLabelValuesResponse>(&v1::QueryService::Stub::ListLabelValues, request).values(),
      ElementsAre("a", "b"));
  request.add_selectors("x_total{instance!=\"a\"}");
  EXPECT_THAT(
      Call<v1::ListLabelValuesResponse>(&v1::QueryService::Stub::ListLabelValues, request).values(),
      ElementsAre("b"));
  grpc::Status status;
  request.set_label("a-b");
  Call<v1::ListLabelValuesResponse>(&v1::QueryService::Stub::ListLabelValues, request, &status);
  EXPECT_THAT(status.error_message(), HasSubstr("invalid label name: \"a-b\""));
  Call<v1::ListSeriesResponse>(&v1::QueryService::Stub::ListSeries, v1::ListSeriesRequest(),
                               &status);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace syspulse
