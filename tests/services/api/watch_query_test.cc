#include <gmock/gmock.h>

#include <map>
#include <string>

#include "absl/strings/str_format.h"
#include "services/model/proto.h"
#include "syspulse/v1/live_service.grpc.pb.h"
#include "syspulse/v1/query_service.grpc.pb.h"
#include "tests/testing/service.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::int64_t kStart = 1'700'000'000;  // seconds

// Two series of two minutes; the clock stands behind the first, so that the second is the future.
class WatchQueryTest : public ::testing::Test {
 protected:
  WatchQueryTest() {
    for (const char* instance : {"a", "b"}) {
      const promql::Labels labels =
          promql::Labels::Of({{"__name__", "x_total"}, {"instance", instance}});
      for (int second = 0; second <= 120; ++second) {
        service_.history.Add(labels, (kStart + second) * 1000, second * 2);
      }
    }
    service_.clock.Step(absl::FromUnixMillis(kStart * 1000 + 60'600));
  }

  TestStream<v1::WatchQueryResponse> Watch(const v1::WatchQueryRequest& request) {
    return TestStream<v1::WatchQueryResponse>(
        [&](grpc::ClientContext* context) { return queries_->WatchQuery(context, request); });
  }
  TestStream<v1::WatchResponse> Watch(const v1::WatchRequest& request) {
    return TestStream<v1::WatchResponse>(
        [&](grpc::ClientContext* context) { return live_->Watch(context, request); });
  }

  static v1::WatchQueryRequest Query(const std::string& query, int history_seconds = 0) {
    v1::WatchQueryRequest request;
    request.set_query(query);
    if (history_seconds > 0) request.mutable_history_duration()->set_seconds(history_seconds);
    return request;
  }

  TestService service_;
  std::unique_ptr<v1::QueryService::Stub> queries_ = service_.Stub<v1::QueryService>();
  std::unique_ptr<v1::LiveService::Stub> live_ = service_.Stub<v1::LiveService>();
};

TEST_F(WatchQueryTest, SendsThePastAndThenAMomentEachStep) {
  auto stream = Watch(Query("rate(x_total{instance=\"a\"}[10s])", 5));
  v1::QueryUpdate past = stream.Next().update();
  EXPECT_EQ(past.start_time().seconds(), kStart + 55);
  EXPECT_EQ(past.step().seconds(), 1);
  EXPECT_EQ(past.step_count(), 6);
  ASSERT_EQ(past.series_size(), 1);
  EXPECT_THAT(past.series(0).values(), ElementsAre(2, 2, 2, 2, 2, 2));
  for (int second = 61; second < 64; ++second) {
    service_.clock.Advance(absl::Seconds(1));
    const v1::WatchQueryResponse next = stream.Next();
    EXPECT_EQ(next.dropped_count(), 0);
    EXPECT_EQ(next.update().start_time().seconds(), kStart + second);
    EXPECT_THAT(next.update().series(0).values(), ElementsAre(2));
  }
}

TEST_F(WatchQueryTest, SendsTheValueAtOnceWhereNoPastIsAskedFor) {
  auto stream = Watch(Query("sum(x_total)"));
  const v1::QueryUpdate now = stream.Next().update();
  EXPECT_EQ(now.start_time().seconds(), kStart + 60);
  EXPECT_THAT(now.series(0).values(), ElementsAre(240));
}

TEST_F(WatchQueryTest, AlignsMomentsToTheStep) {
  v1::WatchQueryRequest request = Query("x_total{instance=\"a\"}", 60);
  request.mutable_step()->set_seconds(20);
  auto stream = Watch(request);
  const v1::QueryUpdate past = stream.Next().update();
  EXPECT_EQ(past.start_time().seconds() % 20, 0);
  EXPECT_EQ(past.step_count(), 4);
  service_.clock.Advance(absl::Seconds(20));
  EXPECT_EQ(stream.Next().update().start_time().seconds(), past.start_time().seconds() + 80);
}

TEST_F(WatchQueryTest, SendsAnUpdateWithoutSeriesWhereThereIsNone) {
  auto stream = Watch(Query("missing"));
  EXPECT_EQ(stream.Next().update().series_size(), 0);
  service_.clock.Advance(absl::Seconds(1));
  EXPECT_EQ(stream.Next().update().step_count(), 1);
}

TEST_F(WatchQueryTest, SaysWhatIsWrongWithARequest) {
  std::map<std::string, v1::WatchQueryRequest> requests;
  requests["1:5: parse error"] = Query("sum(");
  requests["invalid expression type \"range vector\""] = Query("x_total[5m]");
  requests["invalid expression type \"string\""] = Query("\"text\"");
  requests["step is 99ms; it is from 100ms to 1h"] = Query("x_total");
  requests["step is 99ms; it is from 100ms to 1h"].mutable_step()->set_nanos(99'900'000);
  requests["history_duration is 3h3m21s; it is from 0 to 11000 steps of 1s"] =
      Query("x_total", 11'001);
  requests["the query has 20003 bytes; one that is watched has 16384 at most"] =
      Query("1" + std::string(20'000, ' ') + "+1");
  for (const auto& [message, request] : requests) {
    const grpc::Status status = Watch(request).End();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_THAT(status.error_message(), StartsWith(message));
  }
}

TEST_F(WatchQueryTest, EndsWhenTheSeriesDoNotSuitTheExpression) {
  const grpc::Status status = Watch(Query("x_total + on () x_total")).End();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(status.error_message(), HasSubstr("many-to-many"));
}

TEST_F(WatchQueryTest, EndsWithTheWordToConnectAgainWhenTheServiceStops) {
  auto stream = Watch(Query("x_total"));
  stream.Next();
  service_.server->Stop();
  EXPECT_EQ(stream.End().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(WatchQueryTest, CarriesSeveralExpressionsInOneStream) {
  v1::WatchRequest request;
  request.add_topics()->mutable_hosts();
  request.add_topics()->mutable_query()->set_query("sum(x_total)");
  v1::QueryTopic* const past = request.add_topics()->mutable_query();
  past->set_query("max(x_total)");
  past->mutable_history_duration()->set_seconds(10);
  auto stream = Watch(request);
  std::map<int, v1::WatchResponse> by_topic;
  for (int i = 0; i < 3; ++i) {
    const v1::WatchResponse response = stream.Next();
    by_topic[response.topic()] = response;
  }
  EXPECT_TRUE(by_topic[0].has_hosts());
  EXPECT_THAT(by_topic[1].query_update().series(0).values(), ElementsAre(240));
  EXPECT_EQ(by_topic[2].query_update().step_count(), 11);
  service_.clock.Advance(absl::Seconds(1));
  EXPECT_EQ(stream.Next().query_update().start_time().seconds(), kStart + 61);
  EXPECT_EQ(stream.Next().query_update().start_time().seconds(), kStart + 61);
}

TEST_F(WatchQueryTest, LosesOneTopicOfAStreamAlone) {
  v1::WatchRequest request;
  request.add_topics()->mutable_query()->set_query("x_total + on () x_total");
  request.add_topics()->mutable_query()->set_query("sum(x_total)");
  auto stream = Watch(request);
  std::map<int, v1::WatchResponse> by_topic;
  for (int i = 0; i < 2; ++i) {
    const v1::WatchResponse response = stream.Next();
    by_topic[response.topic()] = response;
  }
  EXPECT_EQ(by_topic[0].topic_error().code(), 9);
  EXPECT_THAT(by_topic[0].topic_error().message(), HasSubstr("many-to-many"));
  service_.clock.Advance(absl::Seconds(1));
  EXPECT_THAT(stream.Next().query_update().series(0).values(), ElementsAre(244));
}

TEST_F(WatchQueryTest, NamesTheTopicWhoseExpressionIsNone) {
  v1::WatchRequest request;
  request.add_topics()->mutable_hosts();
  request.add_topics()->mutable_query()->set_query("sum(");
  auto stream = Watch(request);
  v1::WatchResponse response = stream.Next();
  if (response.topic() == 0) response = stream.Next();
  EXPECT_EQ(response.topic_error().code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(response.topic_error().message(), StartsWith("1:5: parse error"));
}

TEST_F(WatchQueryTest, RefusesMoreExpressionsThanOneConnectionMayWatch) {
  std::vector<std::unique_ptr<TestStream<v1::WatchResponse>>> streams;
  grpc::Status status;
  for (int i = 0; i < 9 && status.ok(); ++i) {
    v1::WatchRequest request;
    for (int j = 0; j < 62; ++j) {
      request.add_topics()->mutable_query()->set_query(absl::StrFormat("vector(%d)", i * 62 + j));
    }
    streams.push_back(std::make_unique<TestStream<v1::WatchResponse>>(
        [&](grpc::ClientContext* context) { return live_->Watch(context, request); }));
    if (i < 8) streams.back()->Next();
    if (i == 8) status = streams.back()->End();
  }
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), HasSubstr("watches 496 different expressions already"));
  // Another client of the gateway is another one of ours.
  TestStream<v1::WatchQueryResponse> other([&](grpc::ClientContext* context) {
    context->AddMetadata("x-forwarded-for", "192.0.2.7:40112");
    return queries_->WatchQuery(context, Query("vector(-1)"));
  });
  other.Next();
  streams.clear();
}

TEST_F(WatchQueryTest, LetsGoOfStreamsThatWereCancelled) {
  for (int i = 0; i < 100; ++i) {
    auto stream = Watch(Query(absl::StrFormat("x_total + %d", i % 7), i % 3));
    if (i % 2 == 0) stream.Next();
    service_.clock.Advance(absl::Milliseconds(300));
  }
  service_.server.reset();  // with the threads that may just be offering values
  // The fan-out lets go of the last ones when it has rested.
  const absl::Time deadline = absl::Now() + kTestPatience;
  while (service_.metrics.subscribers != 0 && absl::Now() < deadline) std::this_thread::yield();
  EXPECT_EQ(service_.metrics.subscribers, 0);
}

}  // namespace
}  // namespace syspulse
