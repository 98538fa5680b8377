// Hours of an agent without a service, as fast as it can sample: what waits fills memory and disk
// to their bounds, and then nothing grows.
#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "services/agent/agent.h"
#include "services/agent/footprint.h"
#include "services/base/log.h"
#include "services/base/supervisor.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/notify_socket.h"

namespace syspulse {
namespace {

constexpr std::int64_t kBound = 1 << 20;     // of the buffer, and of the spool
constexpr std::int64_t kNoise = 512 << 10;   // of a heap that is used by several threads
constexpr std::int64_t kResident = 3 << 20;  // of pages, which come and go by more than that

std::int64_t HeapInUse() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<std::int64_t>(info.uordblks + info.hblkhd);
}

std::int64_t ResidentBytes() {
  std::int64_t size = 0;
  std::int64_t resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

std::int64_t BytesIn(const std::string& directory) {
  std::int64_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(directory)) {
    bytes += static_cast<std::int64_t>(file.file_size());
  }
  return bytes;
}

class EnduranceTest : public ::testing::Test {
 protected:
  EnduranceTest() {
    // Where hours pass in seconds, whatever is slow seems to hang.
    EXPECT_TRUE(ConfigureLog("error", "text").ok());
    AgentOptions options;
    options.host_id = "web-1";
    options.server = "127.0.0.1:1";
    options.roots = tree_.roots();
    options.buffer_bytes = kBound;
    options.spool_dir = tree_.Path("spool");
    options.spool_bytes = kBound;
    // The first sample waits for a whole second.
    std::atomic<bool> started = false;
    const std::jthread time([&] {
      while (!started) {
        clock_.Advance(absl::Milliseconds(100));
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    });
    auto agent = Agent::Start(options, &clock_, &supervisor_);
    started = true;
    if (agent.ok()) agent_ = *std::move(agent);
  }
  ~EnduranceTest() override {
    if (agent_ != nullptr) agent_->Finish();
  }

  // Lets so many seconds pass, each when the agent is through with the one before.
  void Pass(int seconds) {
    for (int second = 0; second < seconds; ++second) {
      while (socket_.Next(std::chrono::milliseconds(0))) {
      }
      clock_.Advance(absl::Seconds(1));
      socket_.Next(std::chrono::milliseconds(200));
    }
    ForgetTheStart();
  }

  const std::string name_ = "@syspulse_endurance." + std::to_string(getpid());
  NotifySocket socket_{name_};
  FakeClock clock_;
  Supervisor supervisor_{{.socket = name_, .watchdog = absl::Hours(1)}, &clock_};
  FixtureTree tree_;
  std::unique_ptr<Agent> agent_;
};

TEST_F(EnduranceTest, TwoHoursWithoutAServiceTakeNoMoreThanAQuarterOfOne) {
  ASSERT_NE(agent_, nullptr);
  Pass(900);
  const std::int64_t heap = HeapInUse();
  const std::int64_t resident = ResidentBytes();
  EXPECT_GT(BytesIn(tree_.Path("spool")), kBound / 4) << "nothing waits, so nothing is bounded";
  Pass(7200);
  EXPECT_LT(HeapInUse(), heap + kNoise);
  EXPECT_LT(ResidentBytes(), resident + kResident);
  EXPECT_LT(BytesIn(tree_.Path("spool")), 2 * kBound);
}

}  // namespace
}  // namespace syspulse
