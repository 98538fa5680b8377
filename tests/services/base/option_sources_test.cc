#include "services/base/option_sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "services/base/options.h"

namespace syspulse {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A variable of the environment, for as long as this lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Variable() { unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* const name_;
};

// A program with flags of each kind; `error` and `output` are what it printed.
struct SmallProgram {
  SmallProgram() {
    AddCommonOptions(&app, &common);
    AddDuration(&app, "--interval", &interval, "How often");
    app.add_option("--spool-dir,--path.spool", spool, "Where");
    app.add_option("--label", labels, "Of the host");
    app.add_option("--access-token", token, "To be let in");
    app.add_flag("--insecure,!--no-insecure", insecure, "For all");
    AddEnvironment(&app);
  }
  std::optional<int> Parse(std::vector<std::string> arguments) {
    std::vector<const char*> pointers = {"syspulse-agent"};
    for (const std::string& argument : arguments) pointers.push_back(argument.c_str());
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    const auto code =
        ParseCommandLine(&app, static_cast<int>(pointers.size()), pointers.data(), &common);
    error = testing::internal::GetCapturedStderr();
    output = testing::internal::GetCapturedStdout();
    return code;
  }
  std::string OriginOf(const std::string& flag) const {
    for (const Setting& setting : common.settings) {
      if (setting.flag == flag) return setting.origin;
    }
    return "no such flag";
  }

  CLI::App app{"A program", "syspulse-agent"};
  CommonOptions common;
  absl::Duration interval = absl::Seconds(1);
  std::string spool;
  std::string token;
  std::vector<std::string> labels;
  bool insecure = false;
  std::string error;
  std::string output;
};

// Writes a file and returns its path.
std::string Written(const std::string& text, const std::string& name = "sources_test.env") {
  const std::string path = testing::TempDir() + "/" + name;
  std::ofstream(path) << text;
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path;
}

TEST(OptionSources, TheCommandLineGoesBeforeTheEnvironmentAndThatBeforeTheFiles) {
  const std::string file = "--env-file=" + Written("SYSPULSE_INTERVAL=3s\n");
  const std::string config = "--config=" + Written("interval=\"4s\"\n", "sources_test.conf");
  const auto interval = [&](std::vector<std::string> arguments) {
    SmallProgram program;
    EXPECT_EQ(program.Parse(std::move(arguments)), std::nullopt) << program.error;
    return program.interval;
  };
  EXPECT_EQ(interval({config}), absl::Seconds(4));
  EXPECT_EQ(interval({config, file}), absl::Seconds(3));
  const Variable variable("SYSPULSE_INTERVAL", "2s");
  EXPECT_EQ(interval({config, file}), absl::Seconds(2));
  EXPECT_EQ(interval({config, file, "--interval=1m"}), absl::Minutes(1));
  EXPECT_EQ(interval({config, file, "--interval", "1m"}), absl::Minutes(1));
}

TEST(OptionSources, AVariableOfOneProgramGoesBeforeThatOfAll) {
  const Variable all("SYSPULSE_SPOOL_DIR", "/all");
  const Variable one("SYSPULSE_AGENT_SPOOL_DIR", "/agent");
  const Variable another("SYSPULSED_SPOOL_DIR", "/service");
  SmallProgram program;
  EXPECT_EQ(program.Parse({}), std::nullopt);
  EXPECT_EQ(program.spool, "/agent");
  SmallProgram with_file;
  EXPECT_EQ(with_file.Parse({"--env-file=" + Written("SYSPULSE_AGENT_SPOOL_DIR=/file\n")}),
            std::nullopt);
  EXPECT_EQ(with_file.spool, "/agent");
}

TEST(OptionSources, ListsHaveCommasAndAreNotMixed) {
  const Variable variable("SYSPULSE_LABEL", "rack=b7, note=two words");
  SmallProgram program;
  EXPECT_EQ(program.Parse({}), std::nullopt);
  EXPECT_THAT(program.labels, ElementsAre("rack=b7", "note=two words"));
  SmallProgram given;
  EXPECT_EQ(given.Parse({"--label=a=1", "--label=b=2"}), std::nullopt);
  EXPECT_THAT(given.labels, ElementsAre("a=1", "b=2"));
}

TEST(OptionSources, AnEmptyVariableCountsInAFileOnly) {
  const Variable variable("SYSPULSE_SPOOL_DIR", "");
  SmallProgram program;
  program.spool = "/standard";
  EXPECT_EQ(program.Parse({}), std::nullopt);
  EXPECT_EQ(program.spool, "/standard");
  EXPECT_EQ(program.Parse({"--env-file=" + Written("SYSPULSE_SPOOL_DIR=\n")}), std::nullopt);
  EXPECT_EQ(program.spool, "");
}

TEST(OptionSources, SwitchesTakeWords) {
  for (const auto& [text, on] : {std::pair("true", true), {"1", true}, {"no", false}}) {
    const Variable variable("SYSPULSE_INSECURE", text);
    SmallProgram program;
    program.insecure = !on;
    EXPECT_EQ(program.Parse({}), std::nullopt) << program.error;
    EXPECT_EQ(program.insecure, on) << text;
    EXPECT_EQ(program.Parse({"--no-insecure"}), std::nullopt) << program.error;
    EXPECT_FALSE(program.insecure) << text;
  }
}

TEST(OptionSources, TheFileIsNamedByFlagOrEnvironmentAndEmptyIsNone) {
  const Variable variable("SYSPULSE_ENV_FILE", Written("SYSPULSE_INTERVAL=3s\n").c_str());
  SmallProgram by_environment;
  EXPECT_EQ(by_environment.Parse({}), std::nullopt);
  EXPECT_EQ(by_environment.interval, absl::Seconds(3));
  SmallProgram without;
  EXPECT_EQ(without.Parse({"--env-file="}), std::nullopt) << without.error;
  EXPECT_EQ(without.interval, absl::Seconds(1));
}

TEST(OptionSources, WhatIsWrongIsToldWithItsPlace) {
  const std::string path = Written("# first\nSYSPULSE_INTERVAL=soon\n");
  SmallProgram program;
  EXPECT_EQ(program.Parse({"--env-file=" + path}), kExitUsage);
  EXPECT_THAT(program.error, HasSubstr(path + ":2: SYSPULSE_INTERVAL: --interval: 'soon' is not"));
  Written("SYSPULSE_INTERVAL 5s\n");
  EXPECT_EQ(program.Parse({"--env-file=" + path}), kExitUsage);
  EXPECT_THAT(program.error, HasSubstr(path + ":1: 'SYSPULSE_INTERVAL 5s' has no ="));
  EXPECT_EQ(program.Parse({"--env-file=/nowhere"}), kExitUsage);
  EXPECT_THAT(program.error, HasSubstr("cannot read /nowhere: No such file"));
  EXPECT_EQ(program.Parse({"--env-file=/nowhere", "--version"}), kExitOk);
  const Variable variable("SYSPULSE_AGENT_INTERVAL", "never");
  EXPECT_EQ(program.Parse({}), kExitUsage);
  EXPECT_THAT(program.error, HasSubstr("SYSPULSE_AGENT_INTERVAL: --interval: 'never'"));
  EXPECT_EQ(program.Parse({"--interval=x"}), kExitUsage);
  EXPECT_THAT(program.error, ::testing::Not(HasSubstr("SYSPULSE")));
}

TEST(OptionSources, WhoeverAskedIsToldInsteadOfStandardError) {
  SmallProgram program;
  std::string told;
  program.common.complain = [&](const std::string& sentence) { told = sentence; };
  EXPECT_EQ(program.Parse({"--interval=x"}), kExitUsage);
  EXPECT_THAT(told, HasSubstr("'x' is not a duration"));
  EXPECT_EQ(program.error, "");
}

TEST(OptionSources, UnknownVariablesAreWarnedOfOnce) {
  const Variable mine("SYSPULSE_AGENT_SPOLL_DIR", "/x");
  const Variable of_others("SYSPULSE_RETENTION_TIME", "1d");
  const std::string path = Written("SYSPULSE_INTERVALL=1s\nHOME=/\nSYSPULSE_INTERVALL=2s\n");
  SmallProgram program;
  EXPECT_EQ(program.Parse({"--env-file=" + path}), std::nullopt);
  EXPECT_THAT(
      program.common.warnings,
      ElementsAre(HasSubstr(path + ":1: SYSPULSE_INTERVALL is no variable of syspulse-agent"),
                  HasSubstr(path + ":2: HOME is no variable"),
                  HasSubstr("SYSPULSE_AGENT_SPOLL_DIR, in the environment, is no variable")));
}

TEST(OptionSources, AFileThatOthersMayWriteIsWarnedOf) {
  const std::string path = Written("SYSPULSE_INTERVAL=1s\n");
  SmallProgram program;
  EXPECT_EQ(program.Parse({"--env-file=" + path}), std::nullopt);
  EXPECT_THAT(program.common.warnings, IsEmpty());
  std::filesystem::permissions(path, std::filesystem::perms::all);
  EXPECT_EQ(program.Parse({"--env-file=" + path}), std::nullopt);
  EXPECT_THAT(program.common.warnings, ElementsAre(HasSubstr("others may write " + path)));
}

TEST(OptionSources, SettingsSayWhereTheyComeFrom) {
  const std::string path = Written("\nSYSPULSE_INTERVAL=3s\n");
  const Variable variable("SYSPULSE_LABEL", "a=1,b=2");
  SmallProgram program;
  EXPECT_EQ(program.Parse({"--env-file", path, "--path.spool=/s"}), std::nullopt);
  EXPECT_EQ(program.OriginOf("--interval"), path + ":2");
  EXPECT_EQ(program.OriginOf("--label"), "the environment");
  EXPECT_EQ(program.OriginOf("--spool-dir"), "the command line");
  EXPECT_EQ(program.OriginOf("--insecure"), "");
}

TEST(OptionSources, WhatIsPrintedGivesTheSameAgain) {
  const std::vector<std::string> arguments = {"--interval=1h30m", "--label=a=one \"two\"",
                                              "--label=b=\\", "--insecure", "--spool-dir="};
  SmallProgram first;
  EXPECT_EQ(first.Parse(arguments), std::nullopt);
  std::vector<std::string> asking = arguments;
  asking.push_back("--print-config");
  EXPECT_EQ(first.Parse(asking), kExitOk);
  EXPECT_THAT(first.output,
              AllOf(HasSubstr("# --interval, from the command line\nSYSPULSE_INTERVAL=1h30m\n"),
                    HasSubstr("# --log-level, by default\n#SYSPULSE_LOG_LEVEL=info\n")));
  SmallProgram second;
  EXPECT_EQ(second.Parse({"--env-file=" + Written(first.output)}), std::nullopt) << second.error;
  EXPECT_THAT(ChangedSettings(first.common, second.common), IsEmpty());
  EXPECT_EQ(second.labels, first.labels);
  EXPECT_EQ(second.interval, first.interval);
}

TEST(OptionSources, SecretsAreNotPrinted) {
  SmallProgram program;
  EXPECT_EQ(program.Parse({"--access-token=hunter2", "--print-config"}), kExitOk);
  EXPECT_THAT(program.output,
              AllOf(HasSubstr("#SYSPULSE_ACCESS_TOKEN=***"), ::testing::Not(HasSubstr("hunter2"))));
  EXPECT_FALSE(IsSecret("--token-file"));
}

TEST(OptionSources, ChangesAreFoundByTheirValues) {
  SmallProgram before;
  SmallProgram now;
  EXPECT_EQ(before.Parse({"--interval=5s"}), std::nullopt);
  EXPECT_EQ(now.Parse({"--env-file=" + Written("SYSPULSE_INTERVAL=5s\nSYSPULSE_LABEL=a=1\n")}),
            std::nullopt);
  const auto changed = ChangedSettings(before.common, now.common);
  ASSERT_EQ(changed.size(), 1U);
  EXPECT_EQ(changed.front().flag, "--label");
  EXPECT_EQ(changed.front().value, "a=1");
}

TEST(OptionSources, HelpNamesTheVariableOfEachFlag) {
  SmallProgram program;
  EXPECT_EQ(program.Parse({"--help"}), kExitOk);
  EXPECT_THAT(program.output,
              AllOf(HasSubstr("[SYSPULSE_INTERVAL]"), HasSubstr("[SYSPULSE_SPOOL_DIR]"),
                    HasSubstr("[SYSPULSE_INSECURE]"), HasSubstr("[SYSPULSE_ENV_FILE]")));
}

// A program with commands, as the client is.
struct CommandProgram {
  CommandProgram() {
    app.fallthrough();
    app.require_subcommand(1);
    app.add_option("--server", server);
    for (const char* name : {"query", "watch"}) {
      app.add_subcommand(name)->add_option("-o,--output", output);
    }
    app.get_subcommand("watch")->add_option("HOST", host);
    AddEnvironment(&app);
  }
  std::optional<int> Parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "syspulse");
    return ParseCommandLine(&app, static_cast<int>(arguments.size()), arguments.data());
  }

  CLI::App app{"A client", "syspulse"};
  std::string server;
  std::string output;
  std::string host;
};

TEST(OptionSources, FlagsOfACommandHaveItInTheirVariable) {
  const Variable mine("SYSPULSE_WATCH_OUTPUT", "csv");
  const Variable of_another("SYSPULSE_QUERY_OUTPUT", "json");
  const Variable server("SYSPULSE_SERVER", "web-1:1");
  CommandProgram program;
  EXPECT_EQ(program.Parse({"watch", "query"}), std::nullopt);
  EXPECT_EQ(program.output, "csv");
  EXPECT_EQ(program.host, "query");
  EXPECT_EQ(program.server, "web-1:1");
  CommandProgram given;
  EXPECT_EQ(given.Parse({"--server", "query", "watch", "-o", "table", "--", "-o"}), std::nullopt);
  EXPECT_EQ(given.output, "table");
  EXPECT_EQ(given.server, "query");
}

}  // namespace
}  // namespace syspulse
