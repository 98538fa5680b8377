// Readers who want more samples than the agent takes by itself: its agent is asked, they get them,
// and nobody else does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "syspulse/v1/live_service.grpc.pb.h"
#include "syspulse/v1/metrics_service.grpc.pb.h"
#include "syspulse/v1/process_service.grpc.pb.h"
#include "tests/testing/service.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

class InterimTest : public ::testing::Test {
 protected:
  TestStream<v1::WatchSnapshotsResponse> Watch(int milliseconds,
                                               const std::string& host = "web-1") {
    v1::WatchSnapshotsRequest request;
    request.set_host(host);
    ToProto(absl::Milliseconds(milliseconds), request.mutable_interval());
    return TestStream<v1::WatchSnapshotsResponse>(
        [&](grpc::ClientContext* context) { return metrics_->WatchSnapshots(context, request); });
  }
  TestStream<v1::WatchProcessesResponse> WatchProcesses(int milliseconds) {
    v1::WatchProcessesRequest request;
    request.set_host("web-1");
    ToProto(absl::Milliseconds(milliseconds), request.mutable_interval());
    return TestStream<v1::WatchProcessesResponse>(
        [&](grpc::ClientContext* context) { return processes_->WatchProcesses(context, request); });
  }
  // Waits until the fan-out has done all that it was told: tables rest by how long they took, and
  // no clock may move under that.
  void Settle() { Watch(0).Next(); }
  static absl::Time At(int milliseconds) { return TestTime(0) + absl::Milliseconds(milliseconds); }
  // An interim sample that says how much memory there is: the milliseconds of its time.
  static v1::PushFramesRequest Interim(TestAgent* agent, int milliseconds) {
    v1::PushFramesRequest request;
    agent->AddFrame(request.mutable_interim(), "system", MemorySchema(), At(milliseconds),
                    {1.0 * milliseconds});
    return request;
  }
  static std::int64_t Memory(const v1::Snapshot& snapshot) {
    return static_cast<std::int64_t>(snapshot.memory().total_bytes());
  }
  // Returns the next thing that is asked of the agent.
  static v1::PushFramesDemand Asked(TestAgent* agent) {
    v1::PushFramesResponse response;
    EXPECT_TRUE(agent->Read(&response));
    EXPECT_TRUE(response.has_demand()) << response.DebugString();
    return response.demand();
  }
  std::unique_ptr<TestAgent> Agent(const std::string& id = "web-1") {
    auto agent = std::make_unique<TestAgent>(service_.channel, id);
    agent->Hello("session", absl::Seconds(1));
    return agent;
  }

  TestService service_;
  std::unique_ptr<v1::MetricsService::Stub> metrics_ = service_.Stub<v1::MetricsService>();
  std::unique_ptr<v1::ProcessService::Stub> processes_ = service_.Stub<v1::ProcessService>();
};

TEST_F(InterimTest, WhoWantsMoreGetsMoreAndOthersWhatTheyHad) {
  const auto agent = Agent();
  agent->Push(1, 1000);
  auto ordinary = Watch(0);
  EXPECT_EQ(Memory(ordinary.Next().snapshot()), 1000);
  {
    auto fast = Watch(100);
    EXPECT_EQ(Memory(fast.Next().snapshot()), 1000);
    const v1::PushFramesDemand demand = Asked(agent.get());
    EXPECT_EQ(demand.sample_interval().nanos(), 100'000'000);
    EXPECT_FALSE(demand.has_process_interval());
    for (const int milliseconds : {1100, 1200}) {
      ASSERT_TRUE(agent->Send(Interim(agent.get(), milliseconds)));
      EXPECT_EQ(Memory(fast.Next().snapshot()), milliseconds);
    }
    TestContext context;
    v1::GetSnapshotResponse latest;
    ASSERT_TRUE(metrics_->GetSnapshot(&context, {}, &latest).ok());
    EXPECT_EQ(Memory(latest.snapshot()), 1000);
    agent->Push(2, 2000);
    EXPECT_EQ(Memory(fast.Next().snapshot()), 2000);
    EXPECT_EQ(Memory(ordinary.Next().snapshot()), 2000);
    auto later = Watch(100);
    EXPECT_EQ(Memory(later.Next().snapshot()), 2000);
  }
  while (service_.hub.reader_demand().Of("web-1") != Demand()) {  // once the ends are noticed
    service_.clock.Advance(ReaderDemand::kAfterlife);
    service_.hub.UpdateStates();
  }
  EXPECT_FALSE(Asked(agent.get()).has_sample_interval());
  EXPECT_EQ(service_.metrics.interim_frames_received, 2);
}

TEST_F(InterimTest, KeepsTheLeastTimeBetweenSnapshots) {
  const auto agent = Agent();
  agent->Push(1, 1000);
  auto fast = Watch(100);
  auto slower = Watch(500);
  EXPECT_EQ(Memory(fast.Next().snapshot()), 1000);
  EXPECT_EQ(Memory(slower.Next().snapshot()), 1000);
  for (int milliseconds = 1100; milliseconds < 2000; milliseconds += 100) {
    ASSERT_TRUE(agent->Send(Interim(agent.get(), milliseconds)));
    EXPECT_EQ(Memory(fast.Next().snapshot()), milliseconds);
  }
  EXPECT_EQ(Memory(slower.Next().snapshot()), 1500);
}

TEST_F(InterimTest, AsksTheAgentOfAHostThatComesLater) {
  auto fast = Watch(250);
  const auto agent = Agent();
  agent->Send(agent->Batch(1, 1000));
  v1::PushFramesDemand demand;
  for (int i = 0; i < 2; ++i) {  // the acknowledgement and the demand, in either order
    v1::PushFramesResponse response;
    ASSERT_TRUE(agent->Read(&response));
    if (response.has_demand()) demand = response.demand();
  }
  EXPECT_EQ(demand.sample_interval().nanos(), 250'000'000);
  EXPECT_EQ(Memory(fast.Next().snapshot()), 1000);
}

TEST_F(InterimTest, AsksForNothingThatComesAnyway) {
  const auto agent = Agent();
  agent->Push(1, 1000);
  auto same = Watch(1000);
  auto all = Watch(100, "");
  same.Next();
  all.Next();
  EXPECT_EQ(service_.hub.reader_demand().Of("web-1"), Demand());
  ASSERT_TRUE(agent->Send(Interim(agent.get(), 1100)));
  agent->Push(2, 2000);
  EXPECT_EQ(Memory(same.Next().snapshot()), 2000);
  EXPECT_EQ(Memory(all.Next().snapshot()), 2000);
}

TEST_F(InterimTest, ProcessesLikewise) {
  const auto agent = Agent();
  const auto table = [&](auto* message, absl::Time time, int pid) {
    ToProto(ProcessTable{.host = "web-1",
                         .time = time,
                         .totals = {.processes = 1},
                         .processes = {{.pid = pid, .start_time = TestTime(0)}}},
            message->mutable_process_table());
  };
  v1::PushFramesRequest batch = agent->Batch(1, 1000);
  table(batch.mutable_batch(), TestTime(1), 1);
  agent->Push(batch);
  auto ordinary = WatchProcesses(0);
  EXPECT_EQ(ordinary.Next().process_table().processes(0).pid(), 1);
  auto fast = WatchProcesses(200);
  EXPECT_EQ(fast.Next().process_table().processes(0).pid(), 1);
  EXPECT_EQ(Asked(agent.get()).process_interval().nanos(), 200'000'000);
  v1::PushFramesRequest interim;
  table(interim.mutable_interim(), At(1200), 2);
  Settle();
  service_.clock.Advance(absl::Milliseconds(200));  // that a table rests
  ASSERT_TRUE(agent->Send(interim));
  EXPECT_EQ(fast.Next().process_table().processes(0).pid(), 2);
  batch = agent->Batch(2, 2000);
  table(batch.mutable_batch(), TestTime(2), 3);
  Settle();
  service_.clock.Advance(absl::Milliseconds(800));
  agent->Push(batch);
  EXPECT_EQ(ordinary.Next().process_table().processes(0).pid(), 3);
  EXPECT_EQ(fast.Next().process_table().processes(0).pid(), 3);
}

TEST_F(InterimTest, SoManyHostsMayBeAskedForMoreAndNoMore) {
  std::vector<ReaderDemand::Lease> leases;
  for (std::size_t i = 0; i < ReaderDemand::kMostFastHosts; ++i) {
    auto lease = service_.hub.reader_demand().Want("host-" + std::to_string(i),
                                                   {.sample_interval = absl::Milliseconds(1)});
    ASSERT_TRUE(lease.ok());
    leases.push_back(*std::move(lease));
  }
  EXPECT_EQ(service_.hub.reader_demand().Of("host-0").sample_interval, absl::Milliseconds(100));
  EXPECT_TRUE(service_.hub.reader_demand()
                  .Want("host-0", {.sample_interval = absl::Milliseconds(500)})
                  .ok());
  const auto agent = Agent();
  agent->Push(1, 1000);
  const grpc::Status refused = Watch(100).End();
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refused.error_message(), HasSubstr("100 hosts are asked for more than one sample a"));

  v1::WatchRequest request;  // one of several topics fails alone
  v1::SnapshotTopic* const snapshots = request.add_topics()->mutable_snapshots();
  snapshots->set_host("web-1");
  ToProto(absl::Milliseconds(100), snapshots->mutable_interval());
  request.add_topics()->mutable_hosts();
  const auto live = service_.Stub<v1::LiveService>();
  TestStream<v1::WatchResponse> stream(
      [&](grpc::ClientContext* context) { return live->Watch(context, request); });
  for (int i = 0; i < 2; ++i) {
    const v1::WatchResponse response = stream.Next();
    EXPECT_EQ(response.has_topic_error(), response.topic() == 0) << response.DebugString();
  }
}

TEST_F(InterimTest, WhoWasRefusedDoesNotHoldWhatOthersLetGo) {
  std::vector<ReaderDemand::Lease> leases;
  for (std::size_t i = 0; i < ReaderDemand::kMostFastHosts; ++i) {
    leases.push_back(*service_.hub.reader_demand().Want("host-" + std::to_string(i),
                                                        {.sample_interval = absl::Seconds(0.5)}));
  }
  v1::WatchRequest request;  // of a host that is not known yet, and something else
  v1::SnapshotTopic* const snapshots = request.add_topics()->mutable_snapshots();
  snapshots->set_host("web-1");
  ToProto(absl::Milliseconds(100), snapshots->mutable_interval());
  request.add_topics()->mutable_hosts();
  const auto live = service_.Stub<v1::LiveService>();
  auto refused = std::make_unique<TestStream<v1::WatchResponse>>(
      [&](grpc::ClientContext* context) { return live->Watch(context, request); });
  refused->Next();
  const auto agent = Agent();
  agent->Push(1, 1000);
  while (!refused->Next().has_topic_error()) {
  }
  { EXPECT_EQ(Memory(Watch(0).Next().snapshot()), 1000); }  // the same values, and gone again
  refused.reset();
  EXPECT_EQ(Memory(Watch(0).Next().snapshot()), 1000);
}

TEST_F(InterimTest, AsksAgainWhenTheAgentBecomesSlower) {
  auto agent = Agent();
  agent->Push(1, 1000);
  auto watcher = Watch(1000);
  watcher.Next();
  EXPECT_EQ(service_.hub.reader_demand().Of("web-1"), Demand());
  agent = std::make_unique<TestAgent>(service_.channel, "web-1");
  agent->Hello("session", absl::Seconds(10));
  EXPECT_EQ(Asked(agent.get()).sample_interval().seconds(), 1);
}

TEST_F(InterimTest, SamplesThatBreakTheRulesEndTheirStream) {
  TestAgent silent(service_.channel, "web-2");
  EXPECT_EQ(silent.Break(Interim(&silent, 1100)).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const auto agent = Agent();
  v1::PushFramesRequest foreign = Interim(agent.get(), 1100);
  foreign.mutable_interim()->mutable_frames(0)->set_host("hosts/web-9");
  EXPECT_EQ(agent->Break(foreign).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(InterimTest, OfADeletedHostItIsOverlooked) {
  const auto agent = Agent();
  agent->Push(1, 1000);
  ASSERT_TRUE(service_.hub.DeleteHost("web-1").ok());
  ASSERT_TRUE(agent->Send(Interim(agent.get(), 1100)));
  agent->Push(2, 2000);  // comes back
  EXPECT_TRUE(service_.hub.FindHost("web-1").ok());
}

}  // namespace
}  // namespace syspulse
