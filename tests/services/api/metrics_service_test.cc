#include "services/api/metrics_service.h"

#include <gmock/gmock.h>

#include <thread>

#include "syspulse/v1/metrics_service.grpc.pb.h"
#include "tests/testing/service.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

class MetricsServiceTest : public ::testing::Test {
 protected:
  grpc::Status GetSnapshot(const v1::GetSnapshotRequest& request) {
    TestContext context;
    return stub_->GetSnapshot(&context, request, &response_);
  }

  TestStream<v1::WatchSnapshotsResponse> Watch(const v1::WatchSnapshotsRequest& request) {
    return TestStream<v1::WatchSnapshotsResponse>(
        [&](grpc::ClientContext* context) { return stub_->WatchSnapshots(context, request); });
  }

  TestService service_;
  std::unique_ptr<v1::MetricsService::Stub> stub_ = service_.Stub<v1::MetricsService>();
  v1::GetSnapshotResponse response_;
};

TEST_F(MetricsServiceTest, AnswersWithTheSnapshotOfTheOnlyHost) {
  TestAgent agent(&service_);
  agent.Push(1, 1024);
  const grpc::Status status = GetSnapshot({});
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response_.snapshot().host(), "hosts/web-1");
  EXPECT_EQ(response_.snapshot().memory().total_bytes(), 1024);
}

TEST_F(MetricsServiceTest, AsksWhichHostWhereThereAreSeveral) {
  TestAgent one(&service_, "web-1");
  TestAgent two(&service_, "web-2");
  const grpc::Status status = GetSnapshot({});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("web-2"));
}

TEST_F(MetricsServiceTest, SaysThatAHostHasSentNothingYet) {
  TestAgent agent(&service_);
  const grpc::Status status = GetSnapshot({});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(status.error_message(), HasSubstr("hosts/web-1 has sent nothing yet"));
}

TEST_F(MetricsServiceTest, RefusesAMaskOfNoField) {
  TestAgent agent(&service_);
  agent.Push(1, 1024);
  v1::GetSnapshotRequest request;
  request.mutable_read_mask()->add_paths("memory.nothing");
  const grpc::Status status = GetSnapshot(request);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("memory.nothing"));
}

TEST_F(MetricsServiceTest, StreamsTheCurrentSnapshotAndThenEachNewOne) {
  TestAgent agent(&service_);
  agent.Push(1, 1024);
  auto stream = Watch({});
  EXPECT_EQ(stream.Next().snapshot().memory().total_bytes(), 1024);
  agent.Push(2, 2048);
  const v1::WatchSnapshotsResponse next = stream.Next();
  EXPECT_EQ(next.snapshot().memory().total_bytes(), 2048);
  EXPECT_EQ(next.dropped_count(), 0);
}

TEST_F(MetricsServiceTest, GivesAReaderThatDoesNotReadTheNewestAndTheNumberItMissed) {
  TestAgent agent(&service_);
  agent.Push(1, 1);
  auto slow = Watch({});
  EXPECT_EQ(slow.Next().snapshot().memory().total_bytes(), 1);
  auto fast = Watch({});  // hears after the slow one
  for (int second = 2; second <= 12; ++second) {
    agent.Push(second, second);
    while (fast.Next().snapshot().memory().total_bytes() < second) {
    }
  }
  // The second may have been on its way already; the newest comes next, all others were dropped.
  std::int64_t dropped = 0;
  int messages = 0;
  v1::WatchSnapshotsResponse response;
  while (response.snapshot().memory().total_bytes() < 12) {
    response = slow.Next();
    dropped += response.dropped_count();
    ++messages;
  }
  EXPECT_LE(messages, 2);
  EXPECT_EQ(messages + dropped, 11);
}

TEST_F(MetricsServiceTest, CutsAStreamWhoseReaderTakesNothingAndNoneThatHasNothingToTake) {
  TestAgent agent(&service_, "web-1");
  agent.Push(1, 1);
  TestAgent late(&service_, "web-2");
  v1::WatchSnapshotsRequest request;
  request.set_host("hosts/web-1");
  auto stalled = Watch(request);
  request.set_host("hosts/web-2");
  auto waiting = Watch(request);
  const absl::Time deadline = absl::Now() + kTestPatience;
  while (service_.metrics.streams_cut == 0 && absl::Now() < deadline) {
    service_.clock.Advance(absl::Seconds(30));
    std::this_thread::yield();
  }
  EXPECT_EQ(stalled.End().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(service_.metrics.streams_cut, 1);
  late.Push(1, 2);
  EXPECT_EQ(waiting.Next().snapshot().memory().total_bytes(), 2);
}

TEST_F(MetricsServiceTest, SendsOneSnapshotForFramesAndProcessesThatCameTogether) {
  TestAgent agent(&service_);
  auto stream = Watch({});
  const auto push = [&](int second) {
    v1::PushFramesRequest batch = agent.Batch(second, second);
    agent.AddFrame(batch.mutable_batch(), "filesystem", GaugeSchema({"other"}), second, {1});
    agent.AddProcesses(batch.mutable_batch(), second,
                       {{.pid = second, .start_time = TestTime(0), .command = "init"}});
    agent.Push(batch);
  };
  // The stream may open in the middle of the first batch, and then says what there was and what
  // came; with the second that is over.
  push(1);
  push(2);
  while (stream.Next().snapshot().sample_time().seconds() < absl::ToUnixSeconds(TestTime(2))) {
  }
  for (int second = 3; second <= 5; ++second) {
    push(second);
    const v1::Snapshot snapshot = stream.Next().snapshot();
    EXPECT_EQ(snapshot.sample_time().seconds(), absl::ToUnixSeconds(TestTime(second)));
    ASSERT_EQ(snapshot.top_processes_size(), 1);
    EXPECT_EQ(snapshot.top_processes(0).pid(), second);
  }
}

TEST_F(MetricsServiceTest, WaitsForAHostThatIsNotKnownYet) {
  v1::WatchSnapshotsRequest request;
  request.set_host("web-2.example");
  auto stream = Watch(request);
  TestAgent other(&service_, "web-1");
  other.Push(1, 1);
  TestAgent agent(&service_, "web-2");
  agent.Push(1, 2);
  EXPECT_EQ(stream.Next().snapshot().host(), "hosts/web-2");
}

TEST_F(MetricsServiceTest, KeepsTheLeastTimeBetweenSnapshots) {
  v1::WatchSnapshotsRequest request;
  request.mutable_interval()->set_seconds(5);
  TestAgent agent(&service_);
  agent.Push(1, 1);
  auto stream = Watch(request);
  EXPECT_EQ(stream.Next().snapshot().memory().total_bytes(), 1);
  auto every = Watch({});
  for (int second = 2; second <= 11; ++second) {
    agent.Push(second, second);
    while (every.Next().snapshot().memory().total_bytes() < second) {
    }
    if (second != 6 && second != 11) continue;
    const v1::WatchSnapshotsResponse response = stream.Next();
    EXPECT_EQ(response.snapshot().memory().total_bytes(), second);
    EXPECT_EQ(response.dropped_count(), 0);
  }
}

TEST_F(MetricsServiceTest, SendsOnlyTheFieldsOfTheMask) {
  TestAgent agent(&service_);
  agent.Push(1, 1024);
  v1::WatchSnapshotsRequest request;
  request.mutable_read_mask()->add_paths("host");
  const v1::Snapshot snapshot = Watch(request).Next().snapshot();
  EXPECT_EQ(snapshot.host(), "hosts/web-1");
  EXPECT_FALSE(snapshot.has_memory());
}

TEST_F(MetricsServiceTest, RefusesWatchRequestsThatMakeNoSense) {
  v1::WatchSnapshotsRequest mask;
  mask.mutable_read_mask()->add_paths("nothing");
  v1::WatchSnapshotsRequest negative;
  negative.mutable_interval()->set_seconds(-1);
  v1::WatchSnapshotsRequest long_interval;
  long_interval.mutable_interval()->set_seconds(3601);
  v1::WatchSnapshotsRequest host;
  host.set_host("hosts/Web_1");
  for (const auto& request : {mask, negative, long_interval, host}) {
    const grpc::Status status = Watch(request).End();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << request.DebugString();
    EXPECT_NE(status.error_message(), "");
  }
}

TEST_F(MetricsServiceTest, StreamsFramesWithTheirSchemaOnce) {
  TestAgent agent(&service_);
  agent.Push(1, 1024);
  TestStream<v1::WatchFramesResponse> stream(
      [&](grpc::ClientContext* context) { return stub_->WatchFrames(context, {}); });
  const v1::WatchFramesResponse first = stream.Next();
  EXPECT_EQ(first.frame().host(), "hosts/web-1");
  EXPECT_EQ(first.frame().values(0), 1024);
  EXPECT_EQ(first.schema().id(), first.frame().schema_id());
  EXPECT_EQ(first.schema().families(0).name(), "node_memory_MemTotal_bytes");
  agent.Push(2, 2048);
  const v1::WatchFramesResponse second = stream.Next();
  EXPECT_EQ(second.frame().values(0), 2048);
  EXPECT_FALSE(second.has_schema());
}

TEST_F(MetricsServiceTest, StreamsTheFramesOfOneSourceOnly) {
  TestAgent agent(&service_);
  v1::WatchFramesRequest request;
  request.set_source("custom/queue");
  TestStream<v1::WatchFramesResponse> stream(
      [&](grpc::ClientContext* context) { return stub_->WatchFrames(context, request); });
  v1::PushFramesRequest batch = agent.Batch(1, 1);
  agent.AddFrame(batch.mutable_batch(), "custom/queue", GaugeSchema({"queue_length"}), 1, {7});
  agent.Push(batch);
  EXPECT_EQ(stream.Next().frame().source(), "custom/queue");
}

TEST_F(MetricsServiceTest, ListsMetricsInPages) {
  TestAgent one(&service_, "web-1");
  TestAgent two(&service_, "web-2");
  for (TestAgent* agent : {&one, &two}) {
    v1::PushFramesRequest batch = agent->Batch(1, 1);
    agent->AddFrame(batch.mutable_batch(), "custom/a", GaugeSchema({"b", "a"}), 1, {1, 2});
    agent->Push(batch);
  }
  v1::ListMetricsRequest request;
  request.set_page_size(2);
  v1::ListMetricsResponse page;
  TestContext first_context;
  ASSERT_TRUE(stub_->ListMetrics(&first_context, request, &page).ok());
  ASSERT_EQ(page.metrics_size(), 2);
  EXPECT_EQ(page.metrics(0).name(), "metrics/a");
  EXPECT_EQ(page.metrics(0).series_count(), 2);
  request.set_page_token(page.next_page_token());
  TestContext second_context;
  ASSERT_TRUE(stub_->ListMetrics(&second_context, request, &page).ok());
  ASSERT_EQ(page.metrics_size(), 1);
  EXPECT_EQ(page.metrics(0).name(), "metrics/node_memory_MemTotal_bytes");
  EXPECT_EQ(page.next_page_token(), "");
  request.set_host("web-1");  // a token of another request
  TestContext third_context;
  EXPECT_EQ(stub_->ListMetrics(&third_context, request, &page).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace syspulse
