// The agent and the service as people run them: two programs, one of which is killed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "clients/cpp/channel.h"
#include "services/base/clock.h"
#include "syspulse/v1/host_service.grpc.pb.h"
#include "syspulse/v1/live_service.grpc.pb.h"
#include "syspulse/v1/metrics_service.grpc.pb.h"
#include "tests/testing/child_process.h"

namespace syspulse {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

// Where "(grpc)" stands in a log line, "127.0.0.1:PORT" stands before it.
std::string AddressIn(const std::string& line) {
  const std::size_t end = line.find(" (grpc)");
  const std::size_t begin = line.rfind(' ', end - 1) + 1;
  return line.substr(begin, end - begin);
}

class AgentProcessTest : public ::testing::Test {
 protected:
  AgentProcessTest() {
    std::filesystem::create_directories(directory_);
    StartService("127.0.0.1:0");
  }
  ~AgentProcessTest() override {
    agent_.reset();
    service_.reset();
    std::filesystem::remove_all(directory_);
  }

  void StartService(const std::string& address) {
    service_.emplace(std::vector<std::string>{SYSPULSED, "--grpc-listen=" + address,
                                              "--exporter-listen=127.0.0.1:0",
                                              "--data-dir=" + directory_});
    const auto line = service_->WaitForLine("(grpc)");
    ASSERT_TRUE(line.has_value());
    address_ = AddressIn(*line);
  }
  void StartAgent() {
    agent_.emplace(std::vector<std::string>{SYSPULSE_AGENT, "--server=" + address_,
                                            "--host-id=web-1", "--label=rack=b7"});
  }

  // Reads the `system` frames of the host until one satisfies `enough`, 15 s at most. Returns
  // their times in seconds since the epoch.
  std::vector<std::int64_t> ReadFrames(const std::function<bool(std::int64_t)>& enough) {
    const auto stub = v1::MetricsService::NewStub(MakeChannel({.server = address_}));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + seconds(15));
    v1::WatchFramesRequest request;
    request.set_host("web-1");
    request.set_source("system");
    const auto reader = stub->WatchFrames(&context, request);
    std::vector<std::int64_t> times;
    v1::WatchFramesResponse response;
    while (reader->Read(&response)) {
      EXPECT_EQ(response.frame().sample_time().nanos(), 0);
      times.push_back(response.frame().sample_time().seconds());
      if (enough(times.back())) break;
    }
    context.TryCancel();
    reader->Finish();
    return times;
  }
  std::optional<std::int64_t> FirstFrame() {
    const auto times = ReadFrames([](std::int64_t) { return true; });
    return times.empty() ? std::nullopt : std::optional(times.front());
  }

  // Returns the times, in seconds, that the service has in memory.
  std::set<std::int64_t> Remembered() {
    const auto stub = v1::LiveService::NewStub(MakeChannel({.server = address_}));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + seconds(15));
    v1::WatchRequest request;
    v1::SnapshotTopic* topic = request.add_topics()->mutable_snapshots();
    topic->set_host("web-1");
    topic->mutable_history_duration()->set_seconds(60);
    topic->mutable_history_step()->set_seconds(1);
    topic->mutable_history_mask()->add_paths("sample_time");
    const auto reader = stub->Watch(&context, request);
    std::set<std::int64_t> times;
    v1::WatchResponse response;
    while (times.empty() && reader->Read(&response)) {
      for (const v1::Snapshot& snapshot : response.snapshot_history().snapshots()) {
        times.insert(snapshot.sample_time().seconds());
      }
    }
    context.TryCancel();
    reader->Finish();
    return times;
  }

  const std::string directory_ =
      ::testing::TempDir() + "agent_process_test." + std::to_string(getpid());
  const SystemClock clock_;
  std::string address_;
  std::optional<ChildProcess> service_;
  std::optional<ChildProcess> agent_;
};

TEST_F(AgentProcessTest, PushesAFrameOnEveryWholeSecond) {
  StartAgent();
  int count = 0;
  const auto times = ReadFrames([&](std::int64_t) { return ++count == 3; });
  ASSERT_EQ(times.size(), 3u);
  EXPECT_EQ(times[1], times[0] + 1);
  EXPECT_EQ(times[2], times[0] + 2);
}

TEST_F(AgentProcessTest, IntroducesItsHost) {
  StartAgent();
  ASSERT_TRUE(FirstFrame().has_value());
  const auto stub = v1::HostService::NewStub(MakeChannel({.server = address_}));
  grpc::ClientContext context;
  v1::GetHostRequest request;
  request.set_name("web-1");
  v1::GetHostResponse response;
  ASSERT_TRUE(stub->GetHost(&context, request, &response).ok());
  EXPECT_EQ(response.host().labels().at("rack"), "b7");
  EXPECT_EQ(response.host().state(), v1::HOST_STATE_ONLINE);
  EXPECT_EQ(response.host().sample_interval().seconds(), 1);
  EXPECT_FALSE(response.host().agent_version().empty());
  EXPECT_GT(response.host().memory_bytes(), 0);
}

TEST_F(AgentProcessTest, StreamResumesWhenTheServiceIsKilledAndNoSecondIsMissing) {
  StartAgent();
  const auto before = FirstFrame();
  ASSERT_TRUE(before.has_value());
  service_->Kill(SIGKILL);
  const std::int64_t killed = absl::ToUnixSeconds(clock_.Now());
  // Without a service for two samples at least: what the agent measured meanwhile must arrive.
  ASSERT_TRUE(agent_->WaitForLine("keeping samples in memory").has_value());
  clock_.SleepUntil(clock_.Monotonic() + absl::Seconds(3), {});
  StartService(address_);
  const auto back = steady_clock::now();
  const auto after = FirstFrame();
  EXPECT_LE(steady_clock::now() - back, seconds(3));
  ASSERT_TRUE(after.has_value());
  // The restarted service remembers nothing of before; of the seconds without it nothing is lost.
  const std::int64_t now = absl::ToUnixSeconds(clock_.Now());
  ReadFrames([&](std::int64_t time) { return time > now; });
  const std::set<std::int64_t> times = Remembered();
  for (std::int64_t second = killed + 1; second <= now; ++second) {
    EXPECT_TRUE(times.contains(second)) << "second " << second - killed << " is missing";
  }
}

TEST_F(AgentProcessTest, AgentThatIsKilledComesBackAtOnce) {
  StartAgent();
  const auto before = FirstFrame();
  ASSERT_TRUE(before.has_value());
  agent_->Kill(SIGKILL);
  const std::int64_t killed = absl::ToUnixSeconds(clock_.Now());
  StartAgent();
  const auto start = steady_clock::now();
  const auto times = ReadFrames([&](std::int64_t time) { return time > killed; });
  EXPECT_LE(steady_clock::now() - start, seconds(3));
  ASSERT_FALSE(times.empty());
  EXPECT_GT(times.back(), killed);
}

TEST_F(AgentProcessTest, EndsInOrderAndTakesNothingAlong) {
  StartAgent();
  ASSERT_TRUE(FirstFrame().has_value());
  const auto start = steady_clock::now();
  EXPECT_EQ(agent_->Kill(SIGTERM), 0);
  EXPECT_LT(steady_clock::now() - start, seconds(2));
  EXPECT_FALSE(agent_->WaitForLine("did not take over").has_value());
}

TEST_F(AgentProcessTest, SecondAgentOfAHostIsRefusedAndSaysWhoHasItsName) {
  StartAgent();
  ASSERT_TRUE(FirstFrame().has_value());
  ChildProcess second({SYSPULSE_AGENT, "--server=" + address_, "--host-id=web-1"});
  const auto line = second.WaitForLine("this agent cannot push as hosts/web-1: another agent, on");
  ASSERT_TRUE(line.has_value());
  EXPECT_THAT(*line, ::testing::HasSubstr("--host-id"));
}

}  // namespace
}  // namespace syspulse
