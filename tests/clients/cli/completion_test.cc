// The completion scripts, in the shells that they are for.
#include "clients/cli/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/options.h"
#include "tests/clients/cli/fake_query_server.h"
#include "tests/clients/cli/fake_server.h"

namespace syspulse {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

std::string Script(std::string_view shell) {
  CliOptions options;
  return CompletionScript(*MakeApp(&options), shell);
}

// Runs a program; returns what it wrote, or its exit code in words if it failed.
std::string Output(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  std::array<char, 4096> buffer;
  for (std::size_t n = 0; (n = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    text.append(buffer.data(), n);
  }
  const int status = pclose(pipe);
  return status == 0 ? text : "failed: " + text;
}

std::string ScriptFile(std::string_view shell) {
  std::string path = testing::TempDir() + "/syspulse_completion_" + std::string(shell);
  std::ofstream(path) << Script(shell);
  return path;
}

// Returns what bash offers for the last of these words, as readline splits them.
std::vector<std::string> Complete(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += " '" + word + "'";
  const std::string path = testing::TempDir() + "/syspulse_completion_run";
  std::ofstream(path) << "source " << ScriptFile("bash") << "\nCOMP_WORDS=(" << list
                      << ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_syspulse\n"
                      << "printf '%s\\n' \"${COMPREPLY[@]}\"\n";
  const std::string output = Output("bash " + path + " 2>&1");
  std::vector<std::string> offered;
  for (std::size_t at = 0; at < output.size();) {
    const auto end = output.find('\n', at);
    if (end > at) offered.push_back(output.substr(at, end - at));
    at = end + 1;
  }
  return offered;
}

TEST(BashCompletion, OffersCommandsAndFlags) {
  EXPECT_THAT(Complete({"syspulse", "s"}), ElementsAre("snapshot", "series"));
  EXPECT_THAT(Complete({"syspulse", ""}), Not(Contains("host-names")));
  EXPECT_THAT(Complete({"syspulse", "ps", "--l"}), ElementsAre("--limit"));
  EXPECT_THAT(Complete({"syspulse", "ps", "--serv"}), ElementsAre("--server"));
}

TEST(BashCompletion, OffersValues) {
  EXPECT_THAT(Complete({"syspulse", "ps", "--sort", "t"}), ElementsAre("time", "threads"));
  EXPECT_THAT(Complete({"syspulse", "ps", "--columns", "w"}), ElementsAre("wide", "write"));
  EXPECT_THAT(Complete({"syspulse", "hosts", "-o", ""}), ElementsAre("table", "json", "csv"));
  EXPECT_THAT(Complete({"syspulse", "hosts", "--output", "=", "j"}), ElementsAre("json"));
  EXPECT_THAT(Complete({"syspulse", "hosts", "--output", "="}),
              ElementsAre("table", "json", "csv"));
  EXPECT_THAT(Complete({"syspulse", "completion", "f"}), ElementsAre("fish"));
  EXPECT_THAT(Complete({"syspulse", "ps", "--filter", ""}), IsEmpty());
}

TEST(BashCompletion, OffersHostsAndNeverRunsTheirNames) {
  FakeFleet fleet = SmallFleet();
  const std::string trap = testing::TempDir() + "/syspulse_completion_trap";
  remove(trap.c_str());
  fleet.hosts.push_back(fleet.hosts[0]);
  fleet.hosts[1].set_hostname("web-$(touch " + trap + ")");
  const FakeServer server(fleet);
  setenv("SYSPULSE_SERVER", server.address().c_str(), 1);
  EXPECT_THAT(Complete({SYSPULSE_BINARY, "snapshot", "web"}),
              ElementsAre("web-1", HasSubstr("web-\\$\\(touch")));
  EXPECT_FALSE(std::ifstream(trap).good());
  unsetenv("SYSPULSE_SERVER");
  // Without a server there is nothing to offer, and no word about it either.
  EXPECT_THAT(Complete({SYSPULSE_BINARY, "--server", "127.0.0.1", ":", "1", "snapshot", "web"}),
              IsEmpty());
}

TEST(BashCompletion, OffersMetricsForAnExpressionAndLabelsForAName) {
  const FakeQueryServer server({.names = {"node_load1", "node_load5", "up", "$(x)"}});
  setenv("SYSPULSE_SERVER", server.address().c_str(), 1);
  EXPECT_THAT(Complete({SYSPULSE_BINARY, "query", "node"}),
              ElementsAre("node_load1", "node_load5"));
  EXPECT_THAT(Complete({SYSPULSE_BINARY, "query", "\"node_load5"}), ElementsAre("node_load5"));
  EXPECT_THAT(Complete({SYSPULSE_BINARY, "series", ""}),
              ElementsAre("node_load1", "node_load5", "up"));
  EXPECT_THAT(Complete({SYSPULSE_BINARY, "labels", "u"}), ElementsAre("up"));
  unsetenv("SYSPULSE_SERVER");
}

TEST(BashCompletion, KnowsThatOnlyAQueryIsDrawn) {
  EXPECT_THAT(Complete({"syspulse", "query", "-o", "c"}), ElementsAre("csv", "chart"));
  EXPECT_THAT(Complete({"syspulse", "labels", "-o", "c"}), ElementsAre("csv"));
  EXPECT_THAT(Complete({"syspulse", "query", "--st"}), ElementsAre("--start", "--step"));
}

TEST(BashCompletion, OffersFilesWhereTheyAreMeant) {
  const std::string folder = testing::TempDir() + "/syspulse_completion_files";
  EXPECT_EQ(Output("mkdir -p " + folder + " && touch " + folder + "/'a $(b).om' " + folder + "/ac"),
            "");
  EXPECT_THAT(Complete({"syspulse", "import", folder + "/a"}),
              UnorderedElementsAre(folder + "/a $(b).om", folder + "/ac"));
  EXPECT_THAT(Complete({"syspulse", "export", "-f", folder + "/ac"}), ElementsAre(folder + "/ac"));
  EXPECT_THAT(Complete({"syspulse", "import", "--fo"}), ElementsAre("--format"));
  EXPECT_THAT(Complete({"syspulse", "import", "--format", folder}), IsEmpty());
}

TEST(FishCompletion, OffersFilesWhereTheyAreMeant) {
  EXPECT_THAT(Script("fish"), AllOf(HasSubstr("from import' -F\n"), HasSubstr("-l file -r -F -d"),
                                    Not(HasSubstr("-l format -r"))));
}

TEST(ZshCompletion, OffersFilesWhereTheyAreMeant) {
  EXPECT_THAT(Script("zsh"),
              AllOf(HasSubstr("export:--file) _files; return ;;"), HasSubstr("|| _files\n")));
}

TEST(Completion, IsValidInEveryShellThatIsInstalled) {
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const std::string path = ScriptFile(shell);
    const bool installed = Output("command -v " + shell).find("failed") == std::string::npos;
    if (!installed) {
      GTEST_LOG_(INFO) << shell << " is not installed: its script was not checked";
      continue;
    }
    EXPECT_EQ(Output(shell + " -n " + path + " 2>&1"), "") << shell;
  }
}

TEST(Completion, KnowsEveryCommandOfTheParser) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    EXPECT_THAT(Script(shell), AllOf(HasSubstr("snapshot"), HasSubstr("metrics"),
                                     HasSubstr("watch"), HasSubstr("metric-names"),
                                     HasSubstr("memory read write"), Not(HasSubstr("@FLAGS@"))))
        << shell;
  }
}

}  // namespace
}  // namespace syspulse
