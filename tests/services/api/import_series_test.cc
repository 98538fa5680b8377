// IngestService.ImportSeries over real gRPC, into a keeper of the test's.
#include <gmock/gmock.h>

#include <bit>
#include <cstdint>
#include <future>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/model/target.h"
#include "syspulse/v1/ingest_service.grpc.pb.h"
#include "syspulse/v1/metrics_service.grpc.pb.h"
#include "tests/testing/service.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Labels = std::map<std::string, std::string>;

constexpr std::int64_t kStart = 1'700'000'000'000;  // milliseconds

void Add(v1::ImportSeriesRequest* request, Labels labels,
         const std::vector<std::pair<std::int64_t, double>>& samples) {
  v1::MatrixSeries* const series = request->add_series();
  series->mutable_labels()->insert(labels.begin(), labels.end());
  for (const auto& [second, value] : samples) {
    series->add_times_ms(kStart + second * 1000);
    series->add_values(value);
  }
}

Labels Of(const std::string& name, const std::string& instance = "i") {
  return {{"__name__", name}, {"instance", instance}, {"job", "j"}};
}

// Returns host, second and values of each frame.
std::vector<std::string> Describe(const std::vector<FramePtr>& frames) {
  std::vector<std::string> all;
  for (const FramePtr& frame : frames) {
    const auto target = TargetOf(frame->host);
    std::string text = absl::StrFormat("%s/%s %d", target->job, target->instance,
                                       (absl::ToUnixMillis(frame->time) - kStart) / 1000);
    for (std::size_t i = 0; i < frame->values.size(); ++i) {
      const Series& series = frame->schema->series()[i];
      const MetricFamily& family = frame->schema->families()[std::size_t(series.family)];
      text += " " + family.name;
      for (const std::string& value : series.label_values) text += "," + value;
      text += absl::StrFormat("=%g", frame->values[i]);
    }
    all.push_back(text);
  }
  return all;
}

class ImportSeriesTest : public ::testing::Test {
 protected:
  grpc::Status Import(const v1::ImportSeriesRequest& request) {
    TestContext context;
    return stub_->ImportSeries(&context, request, &response_);
  }

  TestService service_;
  std::unique_ptr<v1::IngestService::Stub> stub_ = service_.Stub<v1::IngestService>();
  v1::ImportSeriesResponse response_;
};

TEST_F(ImportSeriesTest, SeriesWithTheSameTimesShareRows) {
  v1::ImportSeriesRequest request;
  Add(&request, Of("b"), {{1, 1}, {2, 2}});
  Add(&request, Of("c"), {{1, 9}});
  Add(&request, Of("a", "other"), {{1, 7}});
  Add(&request, Of("a"), {{1, 3}, {2, 4}});
  ASSERT_TRUE(Import(request).ok());
  EXPECT_EQ(response_.sample_count(), 6);
  EXPECT_THAT(Describe(service_.keeper.frames()),
              ElementsAre("j/i 1 a=3 b=1", "j/i 2 a=4 b=2", "j/i 1 c=9", "j/other 1 a=7"));
}

TEST_F(ImportSeriesTest, LabelsThatSomeSeriesLackAreEmpty) {
  v1::ImportSeriesRequest request;
  Labels first = Of("a");
  first["x"] = "1";
  Labels second = Of("a");
  second["y"] = "2";
  Add(&request, first, {{1, 1}});
  Add(&request, second, {{1, 2}});
  Add(&request, {{"__name__", "a"}}, {{1, 3}});
  ASSERT_TRUE(Import(request).ok());
  EXPECT_THAT(Describe(service_.keeper.frames()), ElementsAre("j/i 1 a,1,=1 a,,2=2", "/ 1 a=3"));
}

TEST_F(ImportSeriesTest, TheSameSamplesBecomeTheSameFrames) {
  v1::ImportSeriesRequest request;
  Add(&request, Of("b"), {{1, 1}});
  Add(&request, Of("a"), {{1, 3}});
  v1::ImportSeriesRequest turned;
  Add(&turned, Of("a"), {{1, 3}});
  Add(&turned, Of("b"), {{1, 1}});
  ASSERT_TRUE(Import(request).ok());
  ASSERT_TRUE(Import(turned).ok());
  const std::vector<FramePtr> frames = service_.keeper.frames();
  ASSERT_EQ(frames.size(), std::size_t{2});
  EXPECT_EQ(frames[0]->source, frames[1]->source);
  EXPECT_EQ(frames[0]->schema->id(), frames[1]->schema->id());
}

TEST_F(ImportSeriesTest, ANanIsAValueAndTheMarkOfAnEndStays) {
  v1::ImportSeriesRequest request;
  const double stale = std::bit_cast<double>(promql::kStaleBits);
  Add(&request, Of("a"), {{1, std::numeric_limits<double>::quiet_NaN()}, {2, stale}});
  ASSERT_TRUE(Import(request).ok());
  const std::vector<FramePtr> frames = service_.keeper.frames();
  ASSERT_EQ(frames.size(), std::size_t{2});
  EXPECT_EQ(std::bit_cast<std::uint64_t>(frames[0]->values[0]), 0x7ff8'0000'0000'0001U);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(frames[1]->values[0]), promql::kStaleBits);
}

TEST_F(ImportSeriesTest, WhatIsTooOldOrFromTheFutureIsLeftOutAndCounted) {
  v1::ImportSeriesRequest request;
  Add(&request, Of("a"), {{-200'000'000, 1}, {-150'000'000, 1}, {1, 2}, {200'000'000, 3}});
  ASSERT_TRUE(Import(request).ok());
  EXPECT_EQ(response_.sample_count(), 1);
  EXPECT_EQ(response_.expired_sample_count(), 2);
  EXPECT_EQ(response_.future_sample_count(), 1);
  EXPECT_THAT(Describe(service_.keeper.frames()), ElementsAre("j/i 1 a=2"));
}

TEST_F(ImportSeriesTest, MistakesNameTheSeriesAndTakeNothing) {
  const auto refused = [&](Labels labels,
                           const std::vector<std::pair<std::int64_t, double>>& samples) {
    v1::ImportSeriesRequest request;
    Add(&request, Of("fine"), {{1, 1}});
    Add(&request, std::move(labels), samples);
    const grpc::Status status = Import(request);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    return status.error_message();
  };
  EXPECT_THAT(refused(Of("a"), {{2, 1}, {1, 1}}),
              HasSubstr("{__name__=\"a\", instance=\"i\", job=\"j\"}: its times do not ascend"));
  EXPECT_THAT(refused(Of("a"), {{1, 1}, {1, 1}}), HasSubstr("do not ascend"));
  EXPECT_THAT(refused({{"instance", "i"}}, {{1, 1}}), HasSubstr("it has no name"));
  EXPECT_THAT(refused(Of("0a"), {{1, 1}}), HasSubstr("0a"));
  EXPECT_THAT(refused(Of("fine"), {{1, 1}}), HasSubstr("twice"));
  EXPECT_THAT(refused(Of("a", std::string(2000, 'x')), {{1, 1}}), HasSubstr("1000 bytes"));
  EXPECT_THAT(refused({{"__name__", "a"}, {"b", std::string(65'536, 'x')}}, {{1, 1}}),
              HasSubstr("its labels may have 65536 bytes"));
  v1::ImportSeriesRequest uneven;
  Add(&uneven, Of("a"), {{1, 1}});
  uneven.mutable_series(0)->add_values(2);
  EXPECT_THAT(Import(uneven).error_message(), HasSubstr("1 times and 2 values"));
  EXPECT_THAT(service_.keeper.frames(), IsEmpty());
}

TEST_F(ImportSeriesTest, AnswersOnceEverythingIsKept) {
  service_.keeper.Wait();
  v1::ImportSeriesRequest request;
  Add(&request, Of("a"), {{1, 1}});
  auto call = std::async(std::launch::async, [&] { return Import(request); });
  while (service_.keeper.frames().empty()) std::this_thread::yield();
  EXPECT_NE(call.wait_for(std::chrono::seconds(0)), std::future_status::ready);
  service_.keeper.KeepAll();
  EXPECT_TRUE(call.get().ok());
}

TEST_F(ImportSeriesTest, WhatWasThereAlreadyIsNotCountedAsTaken) {
  service_.keeper.Wait();
  v1::ImportSeriesRequest request;
  Add(&request, Of("a"), {{1, 1}, {2, 1}, {3, 1}});
  auto call = std::async(std::launch::async, [&] { return Import(request); });
  while (service_.keeper.frames().size() < 3) std::this_thread::yield();
  FrameOutcome& outcome = *service_.keeper.frames()[1]->outcome;
  outcome.NoteRepeated(2);
  outcome.NoteConflicts(1, "a{} at noon");
  service_.keeper.KeepAll();
  EXPECT_TRUE(call.get().ok());
  EXPECT_EQ(response_.sample_count(), 1);
  EXPECT_EQ(response_.repeated_sample_count(), 2);
  EXPECT_EQ(response_.conflicting_sample_count(), 1);
  EXPECT_EQ(response_.first_conflict(), "a{} at noon");
}

TEST_F(ImportSeriesTest, WhatStandsInTheHistoryStaysWhoeverSentIt) {
  const auto there = promql::Labels::Of({{"__name__", "a"}, {"instance", "i"}, {"job", "j"}});
  service_.history.Add(there, kStart + 2000, 7);
  service_.history.Add(there, kStart + 4000, 4);
  service_.history.Add(there, kStart + 5000, std::bit_cast<double>(promql::kStaleBits));
  v1::ImportSeriesRequest request;
  Add(&request, Of("a"), {{1, 1}, {2, 2}, {3, 3}, {4, 4}, {5, 5}});
  Add(&request, Of("b"), {{1, 1}, {2, 2}, {3, 3}, {4, 4}, {5, 5}});
  ASSERT_TRUE(Import(request).ok());
  EXPECT_THAT(Describe(service_.keeper.frames()),
              ::testing::UnorderedElementsAre("j/i 1 a=1", "j/i 3 a=3", "j/i 5 a=5", "j/i 1 b=1",
                                              "j/i 2 b=2", "j/i 3 b=3", "j/i 4 b=4", "j/i 5 b=5"));
  EXPECT_EQ(response_.sample_count(), 8);
  EXPECT_EQ(response_.repeated_sample_count(), 2);
  EXPECT_EQ(response_.conflicting_sample_count(), 1);
  EXPECT_EQ(response_.first_conflict(), "a{instance=\"i\", job=\"j\"} at 2023-11-14T22:13:22.000Z");
}

TEST_F(ImportSeriesTest, WhatIsThereIsAnsweredOnceItIsKeptToo) {
  service_.keeper.Wait();
  v1::ImportSeriesRequest first;
  Add(&first, Of("a"), {{1, 1}});
  auto lost = std::async(std::launch::async, [&] {
    TestContext context;
    v1::ImportSeriesResponse response;
    return stub_->ImportSeries(&context, first, &response);
  });
  while (service_.keeper.frames().empty()) std::this_thread::yield();
  service_.history.Add(promql::Labels::Of({{"__name__", "a"}, {"instance", "i"}, {"job", "j"}}),
                       kStart + 1000, 1);
  auto again = std::async(std::launch::async, [&] { return Import(first); });
  EXPECT_EQ(again.wait_for(std::chrono::milliseconds(200)), std::future_status::timeout);
  service_.keeper.KeepAll();
  EXPECT_TRUE(again.get().ok());
  EXPECT_TRUE(lost.get().ok());
  EXPECT_EQ(response_.sample_count(), 0);
  EXPECT_EQ(response_.repeated_sample_count(), 1);
}

TEST_F(ImportSeriesTest, KnowsItsSeriesAmongManyOfManyTargets) {
  v1::ImportSeriesRequest request;
  for (int i = 0; i < 20; ++i) {
    const std::string name = absl::StrFormat("m%d", i % 5);
    const std::string instance = absl::StrFormat("i%d", i / 5);
    service_.history.Add(
        promql::Labels::Of({{"__name__", name}, {"instance", instance}, {"job", "j"}}),
        kStart + 1000, 1);
    Add(&request, Of(name, instance), {{1, i == 13 ? 2.0 : 1.0}, {2, 1}});
  }
  Add(&request, Of("m0", "other"), {{1, 1}});
  ASSERT_TRUE(Import(request).ok());
  EXPECT_EQ(response_.sample_count(), 21);
  EXPECT_EQ(response_.repeated_sample_count(), 20);
  EXPECT_EQ(response_.conflicting_sample_count(), 1);
  EXPECT_THAT(response_.first_conflict(), HasSubstr("m3{instance=\"i2\""));
}

TEST_F(ImportSeriesTest, ASeriesThatStandsTwiceIsAMistake) {
  v1::ImportSeriesRequest request;
  Add(&request, Of("a"), {{1, 1}});
  Labels with_empty = Of("a");
  with_empty["x"] = "";
  Add(&request, with_empty, {{2, 1}});
  const grpc::Status status = Import(request);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("it stands twice"));
  EXPECT_THAT(service_.keeper.frames(), IsEmpty());
}

TEST_F(ImportSeriesTest, WhatMetricsMeanIsKnownFromThenOn) {
  v1::ImportSeriesRequest request;
  Add(&request, Of("a_total"), {{1, 1}});
  v1::MetricFamily* const family = request.add_families();
  family->set_name("a_total");
  family->set_type(v1::METRIC_TYPE_COUNTER);
  family->set_help("All of them.");
  request.add_families()->set_name("no name");
  EXPECT_TRUE(Import(request).ok());
  TestContext context;
  v1::ListMetricsResponse listed;
  ASSERT_TRUE(service_.Stub<v1::MetricsService>()->ListMetrics(&context, {}, &listed).ok());
  ASSERT_EQ(listed.metrics_size(), 1);
  EXPECT_EQ(listed.metrics(0).family().name(), "a_total");
  EXPECT_EQ(listed.metrics(0).family().type(), v1::METRIC_TYPE_COUNTER);
  EXPECT_EQ(listed.metrics(0).family().help(), "All of them.");
}

TEST_F(ImportSeriesTest, ACallerWhoLeavesEndsTheCall) {
  service_.keeper.Wait();
  v1::ImportSeriesRequest request;
  Add(&request, Of("a"), {{1, 1}});
  const absl::Time deadline = absl::Now() + kTestPatience;
  for (std::size_t left = 0; left < 20;) {
    ASSERT_LT(absl::Now(), deadline);
    TestContext context;
    auto call = std::async(std::launch::async,
                           [&] { return stub_->ImportSeries(&context, request, &response_); });
    while (service_.keeper.frames().size() <= left &&
           call.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
    }
    context.TryCancel();
    const grpc::Status status = call.get();
    // Those who left just before may still count.
    if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) continue;
    EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
    ++left;
  }
}

TEST_F(ImportSeriesTest, WaitsForRoomByRefusing) {
  v1::ImportSeriesRequest request;
  Add(&request, Of("a"), {{1, 1}});
  service_.keeper.SetRoom(false);
  EXPECT_EQ(Import(request).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(service_.keeper.frames(), IsEmpty());
  service_.keeper.SetRoom(true);
  service_.keeper.Refuse(absl::UnavailableError("the disk is full"));
  const grpc::Status status = Import(request);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("the disk is full"));
}

TEST_F(ImportSeriesTest, AnEmptyRequestIsAnsweredAtOnce) {
  service_.keeper.Wait();
  EXPECT_TRUE(Import({}).ok());
  EXPECT_EQ(response_.sample_count(), 0);
}

}  // namespace
}  // namespace syspulse
