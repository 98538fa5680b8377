#include "services/api/live_service.h"

#include <gmock/gmock.h>

#include <map>
#include <thread>

#include "absl/strings/str_format.h"
#include "syspulse/v1/live_service.grpc.pb.h"
#include "tests/testing/service.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class LiveServiceTest : public ::testing::Test {
 protected:
  TestStream<v1::WatchResponse> Watch(const v1::WatchRequest& request) {
    return TestStream<v1::WatchResponse>(
        [&](grpc::ClientContext* context) { return stub_->Watch(context, request); });
  }

  TestService service_;
  std::unique_ptr<v1::LiveService::Stub> stub_ = service_.Stub<v1::LiveService>();
};

TEST_F(LiveServiceTest, SendsTheCurrentValueOfEveryTopicUnderItsNumber) {
  TestAgent agent(&service_);
  v1::PushFramesRequest batch = agent.Batch(1, 1024);
  agent.AddProcesses(batch.mutable_batch(), 1, {{.pid = 7, .start_time = TestTime(0)}});
  agent.Push(batch);
  v1::WatchRequest request;
  request.add_topics()->mutable_hosts();
  request.add_topics()->mutable_snapshots();
  request.add_topics()->mutable_processes()->set_limit(1);
  auto stream = Watch(request);
  std::map<int, v1::WatchResponse> by_topic;
  for (int i = 0; i < 3; ++i) {
    const v1::WatchResponse response = stream.Next();
    by_topic[response.topic()] = response;
  }
  EXPECT_EQ(by_topic[0].hosts().hosts(0).name(), "hosts/web-1");
  EXPECT_EQ(by_topic[1].snapshot().memory().total_bytes(), 1024);
  EXPECT_EQ(by_topic[2].process_table().processes(0).pid(), 7);
}

TEST_F(LiveServiceTest, ShowsNobodyTheProcessesOfADeletedHostWhileItsTableRests) {
  TestAgent agent(&service_);
  v1::WatchRequest request;
  v1::ProcessTopic* const processes = request.add_topics()->mutable_processes();
  processes->set_host("web-1");
  processes->mutable_interval()->set_seconds(1);  // by a clock that stands still
  request.add_topics()->mutable_hosts();
  auto before = Watch(request);
  EXPECT_EQ(before.Next().hosts().hosts_size(), 1);
  v1::PushFramesRequest batch = agent.Batch(1, 1024);
  agent.AddProcesses(batch.mutable_batch(), 1, {{.pid = 7, .start_time = TestTime(0)}});
  agent.Push(batch);
  while (!before.Next().has_process_table()) continue;
  ASSERT_TRUE(service_.hub.DeleteHost("web-1").ok());
  auto after = Watch(request);
  EXPECT_EQ(after.Next().hosts().hosts_size(), 0);
  const TestAgent other(&service_, "web-2");
  EXPECT_EQ(after.Next().hosts().hosts_size(), 1);
}

TEST_F(LiveServiceTest, SendsThePastFirst) {
  TestAgent agent(&service_);
  for (int second = 1; second <= 10; ++second) agent.Push(second, second);
  v1::WatchRequest request;
  v1::SnapshotTopic* const topic = request.add_topics()->mutable_snapshots();
  topic->mutable_history_duration()->set_seconds(4);
  auto stream = Watch(request);
  const v1::SnapshotHistory history = stream.Next().snapshot_history();
  EXPECT_EQ(history.host(), "hosts/web-1");
  ASSERT_GE(history.snapshots_size(), 4);
  EXPECT_EQ(history.snapshots(history.snapshots_size() - 1).memory().total_bytes(), 10);
  EXPECT_EQ(stream.Next().snapshot().memory().total_bytes(), 10);
  agent.Push(11, 11);
  EXPECT_EQ(stream.Next().snapshot().memory().total_bytes(), 11);
}

TEST_F(LiveServiceTest, SendsThePastOfEveryHostOnce) {
  std::vector<std::unique_ptr<TestAgent>> agents;
  for (int i = 0; i < 5; ++i) {
    agents.push_back(std::make_unique<TestAgent>(&service_, absl::StrFormat("web-%d", i)));
    agents.back()->Push(1, i);
  }
  v1::WatchRequest request;
  request.add_topics()->mutable_snapshots()->mutable_history_duration()->set_seconds(60);
  auto stream = Watch(request);
  std::map<std::string, int> pasts;
  std::map<std::string, int> snapshots;
  for (int i = 0; i < 10; ++i) {
    const v1::WatchResponse response = stream.Next();
    if (response.has_snapshot_history()) ++pasts[response.snapshot_history().host()];
    if (response.has_snapshot()) {
      EXPECT_EQ(pasts[response.snapshot().host()], 1) << "the present came first";
      ++snapshots[response.snapshot().host()];
    }
  }
  EXPECT_EQ(pasts.size(), 5u);
  EXPECT_EQ(snapshots.size(), 5u);
}

TEST_F(LiveServiceTest, RefusesRequestsThatMakeNoSense) {
  v1::WatchRequest none;
  v1::WatchRequest too_many;
  for (int i = 0; i < 65; ++i) too_many.add_topics()->mutable_hosts();
  v1::WatchRequest nothing;
  nothing.add_topics();
  nothing.add_topics();
  v1::WatchRequest order;
  order.add_topics()->mutable_processes()->set_order_by("beauty");
  v1::WatchRequest fine;
  auto* const history = fine.add_topics()->mutable_snapshots();
  history->mutable_history_duration()->set_seconds(3600);
  history->mutable_history_step()->set_nanos(1);
  for (const auto& request : {none, too_many, nothing, order, fine}) {
    const grpc::Status status = Watch(request).End();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << request.DebugString();
  }
  EXPECT_THAT(Watch(nothing).End().error_message(), HasSubstr("neither snapshots"));
}

TEST_F(LiveServiceTest, ATopicThatIsNotValidEndsAlone) {
  v1::WatchRequest request;
  request.add_topics()->mutable_hosts()->set_filter("env=");
  request.add_topics()->mutable_hosts();
  request.add_topics()->mutable_query()->set_query("rate(");
  TestAgent agent(&service_);
  auto stream = Watch(request);
  std::map<int, v1::WatchResponse> by_topic;
  while (by_topic.size() < 3) {
    const v1::WatchResponse response = stream.Next();
    by_topic[response.topic()] = response;
  }
  for (const int topic : {0, 2}) {
    const v1::TopicError& error = by_topic[topic].topic_error();
    EXPECT_EQ(error.code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_THAT(error.message(), Not(HasSubstr("topic")));
  }
  EXPECT_THAT(by_topic[0].topic_error().message(), HasSubstr("filter 'env='"));
  EXPECT_EQ(by_topic[1].hosts().hosts_size(), 1);
}

TEST_F(LiveServiceTest, AHostnameOfSeveralHostsIsNotWaitedFor) {
  for (const char* const id : {"a", "b"}) {
    ASSERT_TRUE(service_.hub.Connect(Host{.id = id, .hostname = "vm"}, "run-1", "").ok());
  }
  v1::WatchRequest request;
  request.add_topics()->mutable_snapshots()->set_host("vm");
  request.add_topics()->mutable_processes()->set_host("vm");
  request.add_topics()->mutable_hosts();
  auto stream = Watch(request);
  std::map<int, v1::WatchResponse> by_topic;
  while (by_topic.size() < 3) {
    const v1::WatchResponse response = stream.Next();
    by_topic[response.topic()] = response;
  }
  for (const int topic : {0, 1}) {
    EXPECT_EQ(by_topic[topic].topic_error().code(), grpc::StatusCode::FAILED_PRECONDITION);
    EXPECT_THAT(by_topic[topic].topic_error().message(),
                HasSubstr("several hosts are called 'vm'"));
  }
  EXPECT_EQ(by_topic[2].hosts().hosts_size(), 2);
}

TEST_F(LiveServiceTest, EndsWithTheWordToConnectAgainWhenTheServiceStops) {
  v1::WatchRequest request;
  request.add_topics()->mutable_hosts();
  const auto stub = v1::LiveService::NewStub(service_.NetworkChannel());
  TestStream<v1::WatchResponse> stream(
      [&](grpc::ClientContext* context) { return stub->Watch(context, request); });
  stream.Next();
  service_.server->Stop();
  const grpc::Status status = stream.End();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(status.error_message(), "the service is stopping; connect again");
}

TEST_F(LiveServiceTest, LetsGoOfStreamsThatWereCancelled) {
  TestAgent agent(&service_);
  agent.Push(1, 1);
  v1::WatchRequest request;
  request.add_topics()->mutable_hosts();
  request.add_topics()->mutable_snapshots()->mutable_history_duration()->set_seconds(60);
  request.add_topics()->mutable_processes();
  for (int i = 0; i < 200; ++i) {
    auto stream = Watch(request);
    if (i % 2 == 0) stream.Next();
    agent.Push(i + 2, i);
  }
  service_.server->Stop();
  // A thread that just offers a value has its stream for a moment more.
  const absl::Time deadline = absl::Now() + kTestPatience;
  while (service_.metrics.subscribers != 0 && absl::Now() < deadline) std::this_thread::yield();
  EXPECT_EQ(service_.metrics.subscribers, 0);
}

TEST(LiveServiceLimit, RefusesMoreStreamsThanItMayHave) {
  TestService service(Reach::kThisMachine, /*max_streams=*/2);
  const auto stub = service.Stub<v1::LiveService>();
  v1::WatchRequest request;
  request.add_topics()->mutable_hosts();
  const auto open = [&](grpc::ClientContext* context) { return stub->Watch(context, request); };
  TestStream<v1::WatchResponse> one(open);
  TestStream<v1::WatchResponse> two(open);
  one.Next();
  two.Next();
  const grpc::Status status = TestStream<v1::WatchResponse>(open).End();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), HasSubstr("--max-streams"));
}

}  // namespace
}  // namespace syspulse
