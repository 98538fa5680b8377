// `syspulse top` as people run it: the program, in a terminal, against a service.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "tests/clients/cli/fake_server.h"
#include "tests/clients/cli/terminal.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using Variables = std::map<std::string, std::string>;

const Variables kXterm = {{"TERM", "xterm-256color"}, {"LC_ALL", "C.UTF-8"}, {"NO_COLOR", ""}};

std::vector<std::string> Top(const FakeServer& server) {
  return {SYSPULSE_BINARY, "top", "--server", server.address()};
}

const v1::ProcessTopic* Processes(const v1::WatchRequest& request) {
  for (const v1::LiveTopic& topic : request.topics()) {
    if (topic.has_processes()) return &topic.processes();
  }
  return nullptr;
}

TEST(TestTerminal, RepeatsTheCharacterThatAProgramSaysToRepeat) {
  Terminal terminal({"/bin/sh", "-c", R"(printf '\033[2J\033[Ha\033[3b|\033[2bz')"}, kXterm, 80,
                    24);
  EXPECT_EQ(terminal.WaitForEnd(), 0);
  EXPECT_THAT(terminal.Text(), testing::StartsWith("aaaa|||z  "));
}

TEST(Top, ShowsTheHostAndItsProcessesAndGivesTheTerminalBack) {
  const FakeServer server(SmallFleet());
  Terminal terminal(Top(server), kXterm, 80, 24);
  ASSERT_TRUE(terminal.WaitFor("/usr/lib/postgresql")) << terminal.Text();
  EXPECT_TRUE(terminal.WaitFor("● live")) << terminal.Text();
  EXPECT_THAT(terminal.Text(), HasSubstr(" web-1  Debian GNU/Linux 12"));
  EXPECT_THAT(terminal.Text(), HasSubstr("Load 1.50 0.75 0.25   Tasks 123, 456 threads"));
  EXPECT_THAT(terminal.Text(), HasSubstr("6.0G/8.0G"));
  terminal.Type("q");
  EXPECT_EQ(terminal.WaitForEnd(), 0);
  EXPECT_TRUE(terminal.IsRestored());
}

TEST(Top, NeverObeysWhatAProcessIsCalled) {
  const FakeServer server(SmallFleet());
  Terminal terminal(Top(server), kXterm, 120, 24);
  ASSERT_TRUE(terminal.WaitFor("evil \\x1b[2J")) << terminal.Text();
  EXPECT_THAT(terminal.output(), Not(HasSubstr("\x1b]0;owned")));
}

TEST(Top, GivesTheTerminalBackWhateverEndsIt) {
  const FakeServer server(SmallFleet());
  for (const int signal_number : {SIGTERM, SIGINT, SIGHUP, SIGSEGV, SIGABRT}) {
    Terminal terminal(Top(server), kXterm, 80, 24);
    ASSERT_TRUE(terminal.WaitFor("/usr/lib/postgresql")) << terminal.Text();
    terminal.Signal(signal_number);
    const int status = terminal.WaitForEnd();
    if (signal_number == SIGSEGV || signal_number == SIGABRT) {
      EXPECT_TRUE(WIFSIGNALED(status)) << status;
      EXPECT_EQ(WTERMSIG(status), signal_number);
    } else {
      EXPECT_EQ(status, 0) << signal_number;
    }
    EXPECT_TRUE(terminal.IsRestored()) << signal_number;
  }
}

TEST(Top, GivesBackATerminalThatTakesNoOutput) {
  const FakeServer server(SmallFleet());
  Terminal terminal(Top(server), kXterm, 80, 24);
  ASSERT_TRUE(terminal.WaitFor("/usr/lib/postgresql")) << terminal.Text();
  terminal.Type("\x13");  // Ctrl-S
  terminal.Type("?");     // which it cannot show
  terminal.Signal(SIGTERM);
  EXPECT_NE(terminal.WaitForEnd(), -1);
  EXPECT_TRUE(terminal.IsRestored());
}

TEST(Top, EndsOnControlC) {
  const FakeServer server(SmallFleet());
  Terminal terminal(Top(server), kXterm, 80, 24);
  ASSERT_TRUE(terminal.WaitFor("/usr/lib/postgresql"));
  terminal.Type("\x03");
  EXPECT_EQ(terminal.WaitForEnd(), 0);
  EXPECT_TRUE(terminal.IsRestored());
}

TEST(Top, AsksTheServiceForTheOrderAndTheFilterThatKeysChoose) {
  const FakeServer server(SmallFleet());
  Terminal terminal(Top(server), kXterm, 100, 24);
  ASSERT_TRUE(terminal.WaitFor("/usr/lib/postgresql"));
  terminal.Type("M");
  EXPECT_TRUE(server.WaitForLiveRequest([](const v1::WatchRequest& request) {
    const v1::ProcessTopic* topic = Processes(request);
    return topic != nullptr && topic->order_by() == "resident_bytes desc";
  }));
  EXPECT_TRUE(terminal.WaitFor("▼RES")) << terminal.Text();
  constexpr std::string_view kControlU = "\x15";
  terminal.Type("r/mistake" + std::string(kControlU) + "postü\r");
  EXPECT_TRUE(server.WaitForLiveRequest([](const v1::WatchRequest& request) {
    const v1::ProcessTopic* topic = Processes(request);
    return topic != nullptr && topic->order_by() == "resident_bytes" &&
           topic->filter() == "postü" && topic->host() == "hosts/web-1";
  }));
  EXPECT_TRUE(terminal.WaitFor("'postü': 3")) << terminal.Text();
}

TEST(Top, ShowsATreeAndSaysThatItIsPartial) {
  FakeFleet fleet = SmallFleet();
  fleet.processes.mutable_processes(1)->set_depth(1);
  fleet.processes.set_partial(true);
  const FakeServer server(fleet);
  Terminal terminal(Top(server), kXterm, 100, 24);
  ASSERT_TRUE(terminal.WaitFor("/usr/lib/postgresql"));
  terminal.Type("\x1b[15~");  // F5
  EXPECT_TRUE(server.WaitForLiveRequest([](const v1::WatchRequest& request) {
    const v1::ProcessTopic* topic = Processes(request);
    return topic != nullptr && topic->tree() && topic->limit() == 1000;
  }));
  EXPECT_TRUE(terminal.WaitFor("└─ ")) << terminal.Text();
  EXPECT_TRUE(terminal.WaitFor("partial")) << terminal.Text();
}

TEST(Top, FitsEverySizeOfTerminal) {
  const FakeServer server(SmallFleet());
  Terminal terminal(Top(server), kXterm, 80, 24);
  ASSERT_TRUE(terminal.WaitFor("/usr/lib/postgresql"));
  terminal.Resize(160, 50);
  EXPECT_TRUE(terminal.WaitFor("─ CPU 42.5% ─")) << terminal.Text();
  EXPECT_TRUE(terminal.WaitFor("Fullest  / 95.0%")) << terminal.Text();
  terminal.Resize(40, 10);
  EXPECT_TRUE(terminal.WaitFor("4242   91.0 /usr/lib/postgresql")) << terminal.Text();
  terminal.Resize(5, 2);
  terminal.Resize(80, 24);
  EXPECT_TRUE(terminal.WaitFor("/usr/lib/postgresql")) << terminal.Text();
  terminal.Type("q");
  EXPECT_EQ(terminal.WaitForEnd(), 0);
}

TEST(Top, SaysThatTheServiceIsGoneAndGoesOnWhenItIsBack) {
  FakeServer server(SmallFleet());
  Terminal terminal(Top(server), kXterm, 100, 24);
  ASSERT_TRUE(terminal.WaitFor("/usr/lib/postgresql"));
  server.Stop();
  EXPECT_TRUE(terminal.WaitFor("● reconnecting for")) << terminal.Text();
  EXPECT_TRUE(terminal.WaitFor("/usr/lib/postgresql")) << terminal.Text();  // the last values stay
  server.Restart();
  EXPECT_TRUE(terminal.WaitFor("● live")) << terminal.Text();
}

TEST(Top, SaysThatNothingComesAnyMore) {
  const FakeServer server(SmallFleet());  // sends once
  Terminal terminal(Top(server), kXterm, 80, 24);
  ASSERT_TRUE(terminal.WaitFor("● live"));
  EXPECT_TRUE(terminal.WaitFor("no data for")) << terminal.Text();
}

TEST(Top, ChangesTheHost) {
  FakeFleet fleet = SmallFleet();
  fleet.hosts.push_back(fleet.hosts[0]);
  fleet.hosts[1].set_name("hosts/db-1");
  fleet.hosts[1].set_hostname("db-1");
  const FakeServer server(fleet);
  Terminal terminal(Top(server), kXterm, 80, 24);
  ASSERT_TRUE(terminal.WaitFor("/usr/lib/postgresql"));
  terminal.Type("h");
  EXPECT_TRUE(terminal.WaitFor("Hosts (Enter chooses)")) << terminal.Text();
  terminal.Type("j\r");
  EXPECT_TRUE(server.WaitForLiveRequest([](const v1::WatchRequest& request) {
    const v1::ProcessTopic* topic = Processes(request);
    return topic != nullptr && topic->host() == "hosts/db-1";
  }));
  EXPECT_TRUE(terminal.WaitFor(" db-1 ")) << terminal.Text();
}

TEST(Top, DrawsWithAsciiWhereTheLocaleHasNoMore) {
  const FakeServer server(SmallFleet());
  Variables variables = kXterm;
  variables["LC_ALL"] = "C";
  for (const char* term : {"xterm", "screen", "linux", "vt100"}) {
    variables["TERM"] = term;
    Terminal terminal(Top(server), variables, 80, 24);
    ASSERT_TRUE(terminal.WaitFor("/usr/lib/postgresql")) << term << terminal.Text();
    EXPECT_TRUE(terminal.WaitFor("  * ")) << term << terminal.Text();  // before how fresh it is
    EXPECT_TRUE(std::ranges::all_of(terminal.output(), [](char c) { return c >= 0; })) << term;
    terminal.Type("q");
    EXPECT_EQ(terminal.WaitForEnd(), 0) << term;
  }
}

TEST(Top, SaysWhatATerminalLacks) {
  const FakeServer server(SmallFleet());
  for (const char* term : {"dumb", "no-such-terminal", ""}) {
    Variables variables = kXterm;
    variables["TERM"] = term;
    Terminal terminal(Top(server), variables, 200, 24);
    EXPECT_EQ(WEXITSTATUS(terminal.WaitForEnd()), 1) << term;
    EXPECT_THAT(terminal.output(), HasSubstr(std::string("the terminal type '") + term)) << term;
    EXPECT_THAT(terminal.output(), HasSubstr("syspulse watch")) << term;
  }
  Terminal piped({"/bin/sh", "-c", SYSPULSE_BINARY " top --server " + server.address() + " | cat"},
                 kXterm, 200, 24);
  piped.WaitForEnd();
  EXPECT_THAT(piped.output(), HasSubstr("top needs a terminal"));
}

TEST(Top, SaysBeforeItBeginsThatThereIsNoServiceOrNoSuchHost) {
  std::string address;
  {
    const FakeServer server(SmallFleet());
    address = server.address();
    Terminal terminal({SYSPULSE_BINARY, "top", "nowhere", "--server", address}, kXterm, 120, 24);
    EXPECT_EQ(WEXITSTATUS(terminal.WaitForEnd()), 1);
    EXPECT_THAT(terminal.output(), HasSubstr("there is no host 'nowhere'"));
  }
  Terminal terminal({SYSPULSE_BINARY, "top", "--server", address}, kXterm, 160, 24);
  EXPECT_EQ(WEXITSTATUS(terminal.WaitForEnd()), 1);
  EXPECT_THAT(terminal.output(), HasSubstr("cannot reach syspulsed at " + address));
}

TEST(Top, GoesFromAllHostsToOneAndBack) {
  FakeFleet fleet = SmallFleet();
  fleet.hosts[0].mutable_summary()->set_cpu_utilization_ratio(0.925);
  fleet.hosts.push_back(fleet.hosts[0]);
  fleet.hosts[1].set_name("hosts/db-1");
  fleet.hosts[1].set_hostname("db-1");
  const FakeServer server(fleet);
  std::vector<std::string> command = Top(server);
  command.push_back("--all");
  Terminal terminal(command, kXterm, 120, 30);
  ASSERT_TRUE(terminal.WaitFor("92.5%")) << terminal.Text();
  EXPECT_TRUE(terminal.WaitFor("db-1")) << terminal.Text();
  terminal.Type("\r");
  ASSERT_TRUE(terminal.WaitFor("CPU 42.5%")) << terminal.Text();
  EXPECT_THAT(terminal.Text(), HasSubstr("Esc All hosts"));
  terminal.Type("\x1b");
  ASSERT_TRUE(terminal.WaitFor("92.5%")) << terminal.Text();
  EXPECT_TRUE(server.WaitForLiveRequest([](const v1::WatchRequest& request) {
    return request.topics_size() == 2 && request.topics(1).processes().host().empty() &&
           request.topics(0).hosts().order_by() == "cpu.utilization desc";
  }));
  terminal.Type("q");
  EXPECT_EQ(terminal.WaitForEnd(), 0);
  EXPECT_TRUE(terminal.IsRestored());
}

}  // namespace
}  // namespace syspulse
