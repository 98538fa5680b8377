// What a reader needs of a host whose agent sends a part of its processes by itself.
#include <gmock/gmock.h>

#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "services/api/process_service.h"
#include "syspulse/v1/process_service.grpc.pb.h"
#include "tests/testing/service.h"

namespace syspulse {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;

std::vector<int> Pids(const v1::ProcessTable& table) {
  std::vector<int> pids;
  for (const v1::Process& process : table.processes()) pids.push_back(process.pid());
  return pids;
}

// An agent with processes 1 to 3, of which it sends the first unless it is asked for all.
class ProcessDemandServiceTest : public ::testing::Test {
 protected:
  void Push(TestAgent* agent, int second, bool all) {
    v1::PushFramesRequest batch = agent->Batch(second, 1);
    std::vector<Process> processes;
    for (int pid = 1; pid <= (all ? 3 : 1); ++pid) {
      processes.push_back({.pid = pid, .ppid = pid - 1, .start_time = TestTime(0)});
    }
    agent->AddProcesses(batch.mutable_batch(), second, std::move(processes));
    batch.mutable_batch()->mutable_process_table()->set_partial(!all);
    batch.mutable_batch()->mutable_process_table()->mutable_totals()->set_process_count(3);
    agent->Push(batch);
  }
  // Waits until the agent is asked for all processes.
  void ExpectDemand(TestAgent* agent) {
    v1::PushFramesResponse response;
    ASSERT_TRUE(agent->Read(&response));
    EXPECT_TRUE(response.demand().all_processes()) << response.DebugString();
  }
  std::future<v1::ListProcessesResponse> List(v1::ListProcessesRequest request) {
    return std::async(std::launch::async, [this, request = std::move(request)] {
      TestContext context;
      v1::ListProcessesResponse page;
      const grpc::Status status = stub_->ListProcesses(&context, request, &page);
      EXPECT_TRUE(status.ok()) << status.error_message();
      return page;
    });
  }
  static v1::ListProcessesRequest ByPid(const std::string& host = "web-1") {
    v1::ListProcessesRequest request;
    request.set_host(host);
    request.set_order_by("pid");
    return request;
  }

  TestService service_;
  std::unique_ptr<v1::ProcessService::Stub> stub_ = service_.Stub<v1::ProcessService>();
};

TEST_F(ProcessDemandServiceTest, WhatAPartCanTellIsAnsweredFromIt) {
  TestAgent agent(&service_);
  Push(&agent, 1, false);
  const v1::ListProcessesResponse page = List({}).get();
  EXPECT_THAT(Pids(page.process_table()), ElementsAre(1));
  EXPECT_FALSE(page.process_table().partial());
  EXPECT_EQ(page.process_table().matched_count(), 3);
  EXPECT_FALSE(service_.hub.reader_demand().Of("web-1").all_processes);
}

TEST_F(ProcessDemandServiceTest, AListWaitsForTheFirstCompleteTable) {
  TestAgent agent(&service_);
  Push(&agent, 1, false);
  auto page = List(ByPid());
  ExpectDemand(&agent);
  Push(&agent, 2, false);  // sent before the demand came
  Push(&agent, 3, true);
  const v1::ProcessTable table = page.get().process_table();
  EXPECT_THAT(Pids(table), ElementsAre(1, 2, 3));
  EXPECT_FALSE(table.partial());
  EXPECT_THAT(Pids(List(ByPid()).get().process_table()), ElementsAre(1, 2, 3));  // at once
}

TEST_F(ProcessDemandServiceTest, AListOfAllHostsWaitsForEachOfThem) {
  TestAgent one(&service_, "web-1");
  TestAgent two(&service_, "web-2");
  TestAgent old(&service_, "web-3");  // knows of no demand, and always sends all
  Push(&one, 1, false);
  Push(&two, 1, false);
  Push(&old, 1, true);
  auto page = List(ByPid(""));
  ExpectDemand(&one);
  ExpectDemand(&two);
  Push(&two, 2, true);
  Push(&one, 2, true);
  EXPECT_THAT(Pids(page.get().process_table()), ElementsAre(1, 1, 1, 2, 2, 2, 3, 3, 3));
}

TEST_F(ProcessDemandServiceTest, AListAnswersWithWhatThereIsOnceItsTimeIsOver) {
  TestAgent agent(&service_);
  Push(&agent, 1, false);
  auto page = List(ByPid());
  ExpectDemand(&agent);
  // The demand goes out before the call begins to count its time.
  for (int second = 2; page.wait_for(std::chrono::seconds(0)) != std::future_status::ready;
       ++second) {
    service_.clock.Advance(absl::Seconds(4));
    Push(&agent, second, false);
  }
  const v1::ProcessTable table = page.get().process_table();
  EXPECT_THAT(Pids(table), ElementsAre(1));
  EXPECT_TRUE(table.partial());
}

TEST_F(ProcessDemandServiceTest, AListDoesNotWaitForAHostThatIsGone) {
  {
    TestAgent agent(&service_);
    Push(&agent, 1, false);
  }
  while ((*service_.hub.FindHost("web-1"))->state != HostState::kOffline) {
    std::this_thread::yield();
  }
  EXPECT_TRUE(List(ByPid()).get().process_table().partial());
}

// Begins a call that waits, ends it by `end`, and returns how.
class WaitingListTest : public ProcessDemandServiceTest {
 protected:
  grpc::StatusCode StatusAfter(const std::function<void(grpc::ClientContext*)>& end) {
    TestAgent agent(&service_);
    Push(&agent, 1, false);
    TestContext context;
    auto call = std::async(std::launch::async, [&] {
      v1::ListProcessesResponse page;
      return stub_->ListProcesses(&context, ByPid(), &page).error_code();
    });
    ExpectDemand(&agent);
    end(&context);
    return call.get();
  }
};

TEST_F(WaitingListTest, EndsWhenItsCallerGoes) {
  EXPECT_EQ(StatusAfter([](grpc::ClientContext* context) { context->TryCancel(); }),
            grpc::StatusCode::CANCELLED);
}

TEST_F(WaitingListTest, EndsWhenTheServiceStops) {
  // A call that comes too late to wait is answered with what there is.
  EXPECT_THAT(StatusAfter([&](grpc::ClientContext*) { service_.server->Stop(); }),
              AnyOf(grpc::StatusCode::UNAVAILABLE, grpc::StatusCode::OK));
}

TEST_F(ProcessDemandServiceTest, AWatcherGetsWhatThereIsAndThenAll) {
  TestAgent agent(&service_);
  Push(&agent, 1, false);
  v1::WatchProcessesRequest request;
  request.set_host("web-1");
  request.set_tree(true);
  {
    TestStream<v1::WatchProcessesResponse> stream(
        [&](grpc::ClientContext* context) { return stub_->WatchProcesses(context, request); });
    const v1::ProcessTable first = stream.Next().process_table();
    EXPECT_THAT(Pids(first), ElementsAre(1));
    EXPECT_TRUE(first.partial());
    ExpectDemand(&agent);
    Push(&agent, 2, true);
    const v1::ProcessTable second = stream.Next().process_table();
    EXPECT_THAT(Pids(second), ElementsAre(1, 2, 3));
    EXPECT_EQ(second.processes(2).depth(), 2);
    EXPECT_FALSE(second.partial());
    service_.clock.Advance(absl::Hours(1));
    service_.hub.UpdateStates();
    EXPECT_TRUE(service_.hub.reader_demand().Of("web-1").all_processes);
  }
  while (
      service_.hub.reader_demand().Of("web-1").all_processes) {  // once the stream's end is noticed
    service_.clock.Advance(absl::Seconds(1));
    service_.hub.UpdateStates();
    std::this_thread::yield();
  }
}

TEST_F(ProcessDemandServiceTest, AWatcherOfAllHostsGetsWhatAgentsSendByThemselves) {
  TestAgent agent(&service_);
  Push(&agent, 1, false);
  for (const char* filter : {"", "a"}) {
    v1::WatchProcessesRequest request;
    request.set_order_by("pid");
    request.set_filter(filter);
    TestStream<v1::WatchProcessesResponse> stream(
        [&](grpc::ClientContext* context) { return stub_->WatchProcesses(context, request); });
    EXPECT_TRUE(stream.Next().process_table().partial());
    EXPECT_FALSE(service_.hub.reader_demand().Of("web-1").all_processes);
  }
}

TEST_F(ProcessDemandServiceTest, AWatcherOfAHostThatComesLaterDemandsItThen) {
  v1::WatchProcessesRequest request;
  request.set_host("web-1");
  request.set_filter("a");
  TestStream<v1::WatchProcessesResponse> stream(
      [&](grpc::ClientContext* context) { return stub_->WatchProcesses(context, request); });
  TestAgent agent(&service_);
  ExpectDemand(&agent);
}

}  // namespace
}  // namespace syspulse
