// The agent under a supervisor, as systemd is one: it says how it does, and is silent when it
// hangs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "tests/testing/child_process.h"
#include "tests/testing/notify_socket.h"

namespace syspulse {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Optional;
using ::testing::StartsWith;

class AgentSupervisionTest : public ::testing::Test {
 protected:
  AgentSupervisionTest() {
    setenv("NOTIFY_SOCKET", name_.c_str(), 1);
    setenv("WATCHDOG_USEC", "400000", 1);  // a sign of life every 200 ms
    agent_.emplace(std::vector<std::string>{SYSPULSE_AGENT, "--server=127.0.0.1:1",
                                            "--interval=10s", "--env-file=" + file_});
  }
  ~AgentSupervisionTest() override {
    agent_.reset();
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    std::filesystem::remove(file_);
  }

  std::string Named(const char* end) const {
    const std::string path = "/tmp/syspulse_supervision." + std::to_string(getpid()) + end;
    std::ofstream(path) << "SYSPULSE_LOG_LEVEL=info\n";
    return path;
  }
  // Returns the thread that samples.
  pid_t Sampler() const {
    const std::string tasks = "/proc/" + std::to_string(agent_->pid()) + "/task";
    for (const auto& task : std::filesystem::directory_iterator(tasks)) {
      std::string name;
      std::getline(std::ifstream(task.path() / "comm"), name);
      if (name == "sampler") return std::stoi(task.path().filename());
    }
    return 0;
  }

  const std::string name_ = "@syspulse_supervision." + std::to_string(getpid());
  const std::string file_ = Named(".env");
  NotifySocket socket_{name_};
  std::optional<ChildProcess> agent_;
};

TEST_F(AgentSupervisionTest, ReportsItsStartItsReloadAndItsEnd) {
  EXPECT_TRUE(socket_.WaitFor("READY=1").has_value());
  EXPECT_TRUE(socket_.WaitFor("WATCHDOG=1").has_value()) << "long before the second tick";
  agent_->Signal(SIGHUP);
  EXPECT_THAT(socket_.WaitFor("RELOADING=1"), Optional(StartsWith("RELOADING=1\nMONOTONIC_USEC=")));
  EXPECT_TRUE(socket_.WaitFor("READY=1").has_value());
  std::ofstream(file_) << "SYSPULSE_INTERVAL\n";
  agent_->Signal(SIGHUP);
  EXPECT_TRUE(socket_.WaitFor("RELOADING=1").has_value());
  EXPECT_TRUE(socket_.WaitFor("READY=1").has_value()) << "as it was before";
  EXPECT_TRUE(agent_->WaitForLine("nothing was reloaded: " + file_ + ":1: ").has_value());
  agent_->Signal(SIGTERM);
  EXPECT_TRUE(socket_.WaitFor("STOPPING=1").has_value());
  EXPECT_EQ(agent_->Kill(SIGTERM), 0);
}

TEST_F(AgentSupervisionTest, IsSilentWhileTheSamplerHangsAndOtherThreadsDoNot) {
  ASSERT_TRUE(socket_.WaitFor("READY=1").has_value());
  ASSERT_TRUE(socket_.WaitFor("WATCHDOG=1").has_value());
  const pid_t sampler = Sampler();
  ASSERT_GT(sampler, 0);
  // Of all threads this one stands still from here, wherever it is.
  ASSERT_EQ(ptrace(PTRACE_SEIZE, sampler, nullptr, nullptr), 0) << std::strerror(errno);
  ASSERT_EQ(ptrace(PTRACE_INTERRUPT, sampler, nullptr, nullptr), 0);
  ASSERT_EQ(waitpid(sampler, nullptr, __WALL), sampler);
  while (socket_.Next(milliseconds(0))) {
  }
  EXPECT_EQ(socket_.Next(seconds(2)), std::nullopt) << "five times as long as it may be silent";
  agent_->Signal(SIGHUP);
  EXPECT_TRUE(socket_.WaitFor("RELOADING=1").has_value()) << "the others go on";
  ASSERT_EQ(ptrace(PTRACE_DETACH, sampler, nullptr, nullptr), 0);
  EXPECT_TRUE(socket_.WaitFor("WATCHDOG=1").has_value());
}

}  // namespace
}  // namespace syspulse
