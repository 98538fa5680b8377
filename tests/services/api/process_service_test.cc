#include "services/api/process_service.h"

#include <gmock/gmock.h>

#include <cmath>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "services/api/process_query.h"
#include "services/model/resource_name.h"
#include "syspulse/v1/process_service.grpc.pb.h"
#include "tests/testing/service.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::vector<int> Pids(const v1::ProcessTable& table) {
  std::vector<int> pids;
  for (const v1::Process& process : table.processes()) pids.push_back(process.pid());
  return pids;
}

// Returns the pids of these processes that the query selects.
std::vector<int> Select(const std::vector<Process>& processes, const std::string& order_by,
                        const std::string& filter = "") {
  const auto table = std::make_shared<ProcessTable>(
      ProcessTable{.host = "web-1", .time = TestTime(1), .processes = processes});
  const auto query = ProcessQuery::Create(order_by, filter);
  EXPECT_THAT(query, IsOk());
  return Pids(query->Select(std::vector<ProcessTablePtr>{table}, {.offset = 0, .limit = 50}).table);
}

std::vector<Process> Three() {
  return {{.pid = 1, .user = "root", .command = "init", .cpu_utilization_ratio = 0.1},
          {.pid = 22, .user = "www", .command = "Nginx", .command_line = "nginx: worker"},
          {.pid = 333, .user = "db", .command = "postgres", .cpu_utilization_ratio = 0.5}};
}

TEST(ProcessQuery, SortsByCpuUnlessToldOtherwiseAndUnmeasuredLast) {
  EXPECT_THAT(Select(Three(), ""), ElementsAre(333, 1, 22));
  EXPECT_THAT(Select(Three(), "cpu_utilization_ratio"), ElementsAre(1, 333, 22));
}

TEST(ProcessQuery, SortsByTextAndTiesByPid) {
  EXPECT_THAT(Select(Three(), "user"), ElementsAre(333, 1, 22));
  EXPECT_THAT(Select(Three(), "resident_bytes desc"), ElementsAre(1, 22, 333));
  EXPECT_THAT(Select(Three(), "pid desc"), ElementsAre(333, 22, 1));
}

TEST(ProcessQuery, KeepsItsOrderWithValuesThatAreNoNumbers) {
  std::vector<Process> processes;
  for (int pid = 1; pid <= 100; ++pid) {
    processes.push_back({.pid = pid,
                         .cpu_utilization_ratio = pid % 3 == 0 ? std::nan("") : pid / 100.0,
                         .cpu_seconds = pid % 2 == 0 ? std::nan("") : pid});
  }
  EXPECT_EQ(Select(processes, "cpu_utilization_ratio desc").front(), 100);
  EXPECT_EQ(Select(processes, "cpu_seconds desc").front(), 99);
}

TEST(ProcessQuery, FiltersByTextInAnyCaseAndByPid) {
  EXPECT_THAT(Select(Three(), "", "NGINX"), ElementsAre(22));
  EXPECT_THAT(Select(Three(), "", "worker"), ElementsAre(22));
  EXPECT_THAT(Select(Three(), "", "333"), ElementsAre(333));
  EXPECT_THAT(Select(Three(), "", "33"), IsEmpty());
}

TEST(ProcessQuery, FiltersByExecutableContainerAndUnit) {
  const std::vector<Process> processes = {{.pid = 1, .executable = "/usr/sbin/Apache2"},
                                          {.pid = 2, .container = "f00dbeef"},
                                          {.pid = 3, .unit = "ssh.service"}};
  EXPECT_THAT(Select(processes, "", "apache"), ElementsAre(1));
  EXPECT_THAT(Select(processes, "", "F00D"), ElementsAre(2));
  EXPECT_THAT(Select(processes, "", "ssh.s"), ElementsAre(3));
}

TEST(ProcessQuery, SortsByWhatOnlySomeProcessesHaveWithTheOthersLast) {
  const std::vector<Process> processes = {
      {.pid = 1},
      {.pid = 2, .shared_bytes = 1, .swap_bytes = 9, .open_file_count = 4, .unit = "b"},
      {.pid = 3, .shared_bytes = 2, .swap_bytes = 0, .open_file_count = 5, .unit = "a"}};
  for (const char* order : {"shared_bytes desc", "swap_bytes", "open_file_count desc", "unit"}) {
    EXPECT_THAT(Select(processes, order), ElementsAre(3, 2, 1)) << order;
  }
}

TEST(ProcessQuery, NeedsAllProcessesForWhatAFewCannotTell) {
  const auto needs_all = [](const char* order, const char* filter, std::size_t limit, bool tree) {
    return ProcessQuery::Create(order, filter, tree)->NeedsAll({.limit = limit});
  };
  EXPECT_FALSE(needs_all("", "", 50, false));
  EXPECT_FALSE(needs_all("resident_bytes desc", "", 50, false));
  EXPECT_FALSE(needs_all("io_bytes_per_second desc", "", 50, false));
  // The busiest of both together are known, not those of one of them.
  EXPECT_TRUE(needs_all("write_bytes_per_second desc", "", 1, false));
  EXPECT_TRUE(needs_all("read_bytes_per_second desc", "", 1, false));
  EXPECT_TRUE(needs_all("", "", 51, false));
  EXPECT_TRUE(needs_all("", "a", 1, false));
  EXPECT_TRUE(needs_all("", "", 1, true));
  EXPECT_TRUE(needs_all("resident_bytes", "", 1, false));
  EXPECT_TRUE(needs_all("pid desc", "", 1, false));
  EXPECT_TRUE(ProcessQuery::Create("", "")->NeedsAll({.offset = 50, .limit = 1}));
}

TEST(ProcessQuery, AsksNoFleetForAllItsProcessesToTellTheFirst) {
  const auto needs_all = [](const char* order, const char* filter = "", bool tree = false) {
    return ProcessQuery::Create(order, filter, tree)->NeedsAllOfFleet();
  };
  for (const char* order : {"", "resident_bytes desc", "read_bytes_per_second desc",
                            "write_bytes_per_second desc", "io_bytes_per_second desc"}) {
    EXPECT_FALSE(needs_all(order)) << order;
    EXPECT_TRUE(needs_all(order, "a"));
    EXPECT_TRUE(needs_all(order, "", true));
  }
  EXPECT_TRUE(needs_all("pid"));
  EXPECT_TRUE(needs_all("resident_bytes"));
}

TEST(ProcessQuery, SortsByReadsAndWritesTogether) {
  const std::vector<Process> processes = {
      {.pid = 1, .read_bytes_per_second = 5, .write_bytes_per_second = 5},
      {.pid = 2, .read_bytes_per_second = 9},
      {.pid = 3},
      {.pid = 4, .write_bytes_per_second = 11}};
  EXPECT_THAT(Select(processes, "io_bytes_per_second desc"), ElementsAre(4, 1, 2, 3));
  EXPECT_THAT(Select(processes, "io_bytes_per_second"), ElementsAre(2, 1, 4, 3));
}

TEST(ProcessQuery, RefusesUnknownOrdersAndLongFilters) {
  for (const char* order : {"beauty", "pid up", "pid desc desc", " "}) {
    EXPECT_THAT(ProcessQuery::Create(order, ""),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("resident_bytes")));
  }
  EXPECT_THAT(ProcessQuery::Create("", std::string(257, 'a')),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("256")));
}

class ProcessServiceTest : public ::testing::Test {
 protected:
  void PushProcesses(TestAgent* agent, int second, std::vector<Process> processes) {
    v1::PushFramesRequest batch = agent->Batch(second, 1);
    for (Process& process : processes) process.start_time = TestTime(0);
    agent->AddProcesses(batch.mutable_batch(), second, std::move(processes));
    agent->Push(batch);
  }
  grpc::Status List(const v1::ListProcessesRequest& request) {
    TestContext context;
    return stub_->ListProcesses(&context, request, &page_);
  }

  TestService service_;
  std::unique_ptr<v1::ProcessService::Stub> stub_ = service_.Stub<v1::ProcessService>();
  v1::ListProcessesResponse page_;
};

TEST_F(ProcessServiceTest, ListsProcessesInPages) {
  TestAgent agent(&service_);
  PushProcesses(&agent, 1, Three());
  v1::ListProcessesRequest request;
  request.set_page_size(2);
  ASSERT_TRUE(List(request).ok());
  EXPECT_THAT(Pids(page_.process_table()), ElementsAre(333, 1));
  EXPECT_EQ(page_.process_table().matched_count(), 3);
  EXPECT_EQ(page_.process_table().totals().process_count(), 3);
  request.set_page_token(page_.next_page_token());
  ASSERT_TRUE(List(request).ok());
  EXPECT_THAT(Pids(page_.process_table()), ElementsAre(22));
  EXPECT_EQ(page_.next_page_token(), "");
  request.set_order_by("pid");  // the token was made for another order
  EXPECT_EQ(List(request).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ProcessServiceTest, SaysThatAHostIsNotKnown) {
  v1::ListProcessesRequest request;
  request.set_host("web-9");
  EXPECT_EQ(List(request).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ProcessServiceTest, MergesTheProcessesOfAllHosts) {
  TestAgent one(&service_, "web-1");
  TestAgent two(&service_, "web-2");
  PushProcesses(&one, 1, {{.pid = 1, .cpu_utilization_ratio = 0.2}});
  PushProcesses(&two, 2, {{.pid = 2, .cpu_utilization_ratio = 0.3}});
  ASSERT_TRUE(List({}).ok());
  EXPECT_THAT(Pids(page_.process_table()), ElementsAre(2, 1));
  EXPECT_EQ(page_.process_table().host(), "");
  EXPECT_EQ(page_.process_table().processes(0).name(), "hosts/web-2/processes/2");
  EXPECT_EQ(page_.process_table().processes(0).hostname(), "web-2.example");
  EXPECT_EQ(page_.process_table().sample_time().seconds(), absl::ToUnixSeconds(TestTime(2)));
}

TEST_F(ProcessServiceTest, TellsHostsOfOneNameApart) {
  TestAgent other(&service_, "web-2");
  PushProcesses(&other, 1, {{.pid = 3}});
  std::list<TestAgent> clones;
  for (const char* id : {"clone-1", "clone-2"}) {
    v1::PushFramesRequest hello;
    hello.mutable_hello()->set_session_id("session");
    hello.mutable_hello()->mutable_host()->set_name(HostName(id));
    hello.mutable_hello()->mutable_host()->set_hostname("clone");
    clones.emplace_back(service_.channel, id).Exchange(hello);
    PushProcesses(&clones.back(), 1, {{.pid = 1}});
  }
  ASSERT_TRUE(List({}).ok());
  std::vector<std::string> names;
  for (const auto& row : page_.process_table().processes()) names.push_back(row.hostname());
  EXPECT_THAT(names, UnorderedElementsAre("clone/clone-1", "clone/clone-2", "web-2.example"));
}

TEST_F(ProcessServiceTest, StreamsTheFirstProcesses) {
  TestAgent agent(&service_);
  v1::WatchProcessesRequest request;
  request.set_host("web-1");
  request.set_limit(2);
  TestStream<v1::WatchProcessesResponse> stream(
      [&](grpc::ClientContext* context) { return stub_->WatchProcesses(context, request); });
  PushProcesses(&agent, 1, Three());
  const v1::ProcessTable first = stream.Next().process_table();
  EXPECT_EQ(first.host(), "hosts/web-1");
  EXPECT_THAT(Pids(first), ElementsAre(333, 1));
  PushProcesses(&agent, 2, {{.pid = 5}});
  EXPECT_THAT(Pids(stream.Next().process_table()), ElementsAre(5));
}

TEST_F(ProcessServiceTest, ShowsNobodyTheProcessesOfAHostThatWasDeleted) {
  const auto agent = std::make_unique<TestAgent>(&service_);
  v1::WatchProcessesRequest request;
  request.set_host("web-1");
  const auto watch = [&](grpc::ClientContext* context) {
    return stub_->WatchProcesses(context, request);
  };
  TestStream<v1::WatchProcessesResponse> before(watch);
  PushProcesses(agent.get(), 1, Three());
  EXPECT_THAT(Pids(before.Next().process_table()), SizeIs(3));
  ASSERT_TRUE(service_.hub.DeleteHost("web-1").ok());
  TestStream<v1::WatchProcessesResponse> after(watch);
  PushProcesses(agent.get(), 2, {{.pid = 5}});  // the host comes back
  EXPECT_THAT(Pids(after.Next().process_table()), ElementsAre(5));
}

TEST_F(ProcessServiceTest, RefusesANegativeLimit) {
  v1::WatchProcessesRequest request;
  request.set_limit(-1);
  TestStream<v1::WatchProcessesResponse> stream(
      [&](grpc::ClientContext* context) { return stub_->WatchProcesses(context, request); });
  EXPECT_EQ(stream.End().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ProcessServiceTest, LeavesHostsOutOfTheMergeThatAreNotOnline) {
  TestAgent one(&service_, "web-1");
  PushProcesses(&one, 1, {{.pid = 1}});
  v1::WatchProcessesRequest request;
  request.mutable_interval();  // of no length: each table is sent
  TestStream<v1::WatchProcessesResponse> stream(
      [&](grpc::ClientContext* context) { return stub_->WatchProcesses(context, request); });
  EXPECT_THAT(Pids(stream.Next().process_table()), ElementsAre(1));
  {
    TestAgent two(&service_, "web-2");
    PushProcesses(&two, 1, {{.pid = 2}});
    EXPECT_THAT(Pids(stream.Next().process_table()), ElementsAre(1, 2));
  }
  EXPECT_THAT(Pids(stream.Next().process_table()), ElementsAre(1)) << "its agent has gone";
}

TEST_F(ProcessServiceTest, StreamsTheMergedTableAtThePaceAskedFor) {
  TestAgent one(&service_, "web-1");
  TestAgent two(&service_, "web-2");
  PushProcesses(&one, 1, {{.pid = 1}});
  PushProcesses(&two, 1, {{.pid = 2}});
  v1::WatchProcessesRequest request;
  request.mutable_interval()->set_nanos(200'000'000);
  const auto watch = [&](const v1::WatchProcessesRequest& what) {
    return TestStream<v1::WatchProcessesResponse>(
        [&](grpc::ClientContext* context) { return stub_->WatchProcesses(context, what); });
  };
  auto stream = watch(request);
  EXPECT_THAT(Pids(stream.Next().process_table()), ElementsAre(1, 2));
  PushProcesses(&one, 2, {{.pid = 3}});  // the first change is told at once
  EXPECT_THAT(Pids(stream.Next().process_table()), ElementsAre(2, 3));
  PushProcesses(&one, 3, {{.pid = 4}});
  PushProcesses(&one, 4, {{.pid = 5}});
  watch({}).Next();  // no table is being made while the clock moves
  service_.clock.Advance(absl::Seconds(1));
  EXPECT_THAT(Pids(stream.Next().process_table()), ElementsAre(2, 5)) << "not the one between";
}

TEST_F(ProcessServiceTest, RefusesAnIntervalOutOfRange) {
  for (const int seconds : {-1, 3601}) {
    v1::WatchProcessesRequest request;
    request.mutable_interval()->set_seconds(seconds);
    TestStream<v1::WatchProcessesResponse> stream(
        [&](grpc::ClientContext* context) { return stub_->WatchProcesses(context, request); });
    EXPECT_EQ(stream.End().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  }
}

}  // namespace
}  // namespace syspulse
