// What ThreadSanitizer looks at: agents, readers, the clock and people at once.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "services/hub/hub.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/frames.h"

namespace syspulse {
namespace {

constexpr int kAgents = 4;
constexpr int kFrames = 500;

// Has no lock of its own: the hub's is what keeps its counts right.
class CountingSink final : public HubSink {
 public:
  void OnFrame(const FramePtr& frame) override {
    ++frames;
    sum += frame->values[0];
  }
  void OnProcessTable(const ProcessTablePtr&) override { ++tables; }
  void OnHost(const HostPtr&) override { ++hosts; }
  void OnHostDeleted(const std::string&) override { ++deleted; }

  int frames = 0;
  double sum = 0;
  int tables = 0;
  int hosts = 0;
  int deleted = 0;
};

void RunAgent(Hub* hub, const std::string& host, absl::Time start) {
  const auto connection = hub->Connect(Host{.id = host}, host, "");
  ASSERT_TRUE(connection.ok());
  for (int i = 0; i < kFrames; ++i) {
    const absl::Time time = start + absl::Seconds(i);
    ASSERT_TRUE(hub->PushFrame(connection->id, GaugeFrame(host, "system", time, {1})).ok());
    ASSERT_TRUE(hub->PushProcessTable(connection->id, std::make_shared<ProcessTable>(
                                                          ProcessTable{.host = host, .time = time}))
                    .ok());
  }
  hub->Disconnect(host, connection->id);
}

void Read(const Hub& hub) {
  for (const HostPtr& host : hub.Hosts()) {
    const FramePair frames = hub.LatestTwo(host->id, "system");
    if (frames.earlier != nullptr) {
      EXPECT_LT(frames.earlier->time, frames.latest->time);
    }
    hub.LatestProcesses(host->id);
    absl::Time last = absl::InfinitePast();
    for (const FramePtr& frame : hub.RecentFrames(host->id, "system", absl::InfinitePast())) {
      EXPECT_LT(last, frame->time);
      last = frame->time;
    }
  }
}

TEST(HubThreads, AgentsReadersAndTheClockDoNotDisturbEachOther) {
  FakeClock clock;
  Hub hub(&clock, HubOptions{.recent_bytes = 100'000});
  CountingSink sink;
  hub.AddSink(&sink);
  {
    std::vector<std::jthread> agents;
    const std::jthread reader([&](std::stop_token stop) {
      while (!stop.stop_requested()) Read(hub);
    });
    const std::jthread ticker([&](std::stop_token stop) {
      while (!stop.stop_requested()) {
        clock.Advance(absl::Milliseconds(1));
        hub.UpdateStates();
        (void)hub.UpdateHost("host-0", "name", std::nullopt);
        CountingSink passing;
        hub.AddSink(&passing);
        hub.RemoveSink(&passing);
      }
    });
    for (int i = 0; i < kAgents; ++i) {
      agents.emplace_back(RunAgent, &hub, absl::StrFormat("host-%d", i), clock.Now());
    }
  }
  EXPECT_EQ(sink.frames, kAgents * kFrames);
  EXPECT_EQ(sink.sum, kAgents * kFrames);
  EXPECT_EQ(sink.tables, kAgents * kFrames);
  EXPECT_GE(sink.hosts, 2 * kAgents);
  hub.RemoveSink(&sink);
}

}  // namespace
}  // namespace syspulse
