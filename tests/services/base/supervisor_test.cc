#include "services/base/supervisor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>

#include "tests/testing/fake_clock.h"
#include "tests/testing/notify_socket.h"

namespace syspulse {
namespace {

using std::chrono::seconds;
using ::testing::Optional;

std::string Path(const char* name) {
  return "/tmp/syspulse." + std::to_string(getpid()) + "." + name;
}

TEST(Supervisor, HearsOfTheLifeOfAProgram) {
  for (const std::string& name : {Path("notify"), "@" + Path("notify")}) {
    NotifySocket socket(name);
    const FakeClock clock;
    Supervisor supervisor({.socket = name, .watchdog = absl::Seconds(30)}, &clock);
    supervisor.Ready();
    EXPECT_THAT(socket.Next(seconds(5)), Optional(std::string("READY=1")));
    supervisor.Alive();
    EXPECT_THAT(socket.Next(seconds(5)), Optional(std::string("WATCHDOG=1")));
    supervisor.Reloading();
    EXPECT_THAT(socket.Next(seconds(5)),
                Optional(std::string("RELOADING=1\nMONOTONIC_USEC=1000000000")));
    supervisor.Stopping();
    EXPECT_THAT(socket.Next(seconds(5)), Optional(std::string("STOPPING=1")));
    EXPECT_EQ(supervisor.alive_interval(), absl::Seconds(15));
  }
}

TEST(Supervisor, HearsNoPingsThatItDidNotAskFor) {
  NotifySocket socket(Path("quiet"));
  const FakeClock clock;
  Supervisor supervisor({.socket = Path("quiet")}, &clock);
  supervisor.Alive();
  supervisor.Ready();
  EXPECT_THAT(socket.Next(seconds(5)), Optional(std::string("READY=1")));
  EXPECT_EQ(supervisor.alive_interval(), absl::InfiniteDuration());
}

TEST(Supervisor, WhoCannotBeToldIsNamedOnce) {
  const FakeClock clock;
  Supervisor nobody({}, &clock);
  Supervisor gone({.socket = "/nowhere/notify"}, &clock);
  Supervisor long_name({.socket = std::string(200, 'x')}, &clock);
  testing::internal::CaptureStderr();
  nobody.Ready();
  gone.Ready();
  gone.Stopping();
  long_name.Ready();
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(log.find("/nowhere/notify"), log.rfind("/nowhere/notify")) << log;
  EXPECT_THAT(log, ::testing::HasSubstr("cannot tell /nowhere/notify of NOTIFY_SOCKET"));
  EXPECT_THAT(log, ::testing::HasSubstr("name too long"));
}

TEST(Supervisor, SaysInTheEnvironmentWhatItWants) {
  setenv("NOTIFY_SOCKET", "/run/x", 1);
  setenv("WATCHDOG_USEC", "20000000", 1);
  EXPECT_EQ(SupervisorOfEnvironment().socket, "/run/x");
  EXPECT_EQ(SupervisorOfEnvironment().watchdog, absl::Seconds(20));
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  EXPECT_EQ(SupervisorOfEnvironment().watchdog, absl::Seconds(20));
  setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(SupervisorOfEnvironment().watchdog, absl::InfiniteDuration()) << "another's";
  unsetenv("WATCHDOG_PID");
  setenv("WATCHDOG_USEC", "soon", 1);
  EXPECT_EQ(SupervisorOfEnvironment().watchdog, absl::InfiniteDuration());
  unsetenv("WATCHDOG_USEC");
  unsetenv("NOTIFY_SOCKET");
  EXPECT_EQ(SupervisorOfEnvironment().socket, "");
}

}  // namespace
}  // namespace syspulse
