#include "services/base/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

struct Program {
  Program() {
    AddCommonOptions(&app, &common);
    AddDuration(&app, "--interval", &interval, "How often");
    AddEnvironment(&app);
  }
  std::optional<int> Parse(std::vector<const char*> args) {
    args.insert(args.begin(), "program");
    return ParseCommandLine(&app, static_cast<int>(args.size()), args.data());
  }

  CLI::App app{"A program", "program"};
  CommonOptions common;
  absl::Duration interval = absl::Seconds(1);
};

TEST(Options, FlagWinsOverEnvironment) {
  setenv("SYSPULSE_INTERVAL", "5s", 1);
  Program from_environment;
  EXPECT_EQ(from_environment.Parse({}), std::nullopt);
  EXPECT_EQ(from_environment.interval, absl::Seconds(5));
  Program from_flag;
  EXPECT_EQ(from_flag.Parse({"--interval=250ms"}), std::nullopt);
  EXPECT_EQ(from_flag.interval, absl::Milliseconds(250));
  unsetenv("SYSPULSE_INTERVAL");
}

TEST(Options, EveryNameOfAFlagIsAVariable) {
  setenv("SYSPULSE_PATH_TO_FILE", "/from/environment", 1);
  std::string file;
  Program program;
  program.app.add_option("--file,--path.to-file", file);
  AddEnvironment(&program.app);
  EXPECT_EQ(program.Parse({}), std::nullopt);
  EXPECT_EQ(file, "/from/environment");
  unsetenv("SYSPULSE_PATH_TO_FILE");
}

TEST(Options, DotsInAFileArePartOfNames) {
  const std::string path = testing::TempDir() + "/dots.conf";
  std::ofstream(path) << "path.to-file=\"/from/file\"\nno-switch.on=true\n";
  std::string file;
  bool on = true;
  Program program;
  program.app.add_option("--path.to-file", file);
  program.app.add_flag("--switch.on,!--no-switch.on", on);
  EXPECT_EQ(program.Parse({("--config=" + path).c_str()}), std::nullopt);
  EXPECT_EQ(file, "/from/file");
  EXPECT_FALSE(on);
}

TEST(Options, MistakesExitWithUsage) {
  EXPECT_EQ(Program().Parse({"--interval=soon"}), kExitUsage);
  EXPECT_EQ(Program().Parse({"--no-such-flag"}), kExitUsage);
  EXPECT_EQ(Program().Parse({"--log-format=xml"}), kExitUsage);
}

TEST(Options, MistakesAreToldInSentences) {
  const auto told = [](std::vector<const char*> arguments) {
    Program program;
    bool loudly = false;
    int few = 0;
    program.app.add_flag("--loudly", loudly);
    program.app.add_option("--few", few)->check(CLI::Range(0, 9));
    testing::internal::CaptureStderr();
    EXPECT_EQ(program.Parse(std::move(arguments)), kExitUsage);
    const std::string text = testing::internal::GetCapturedStderr();
    return text.substr(0, text.find('\n'));
  };
  EXPECT_EQ(told({"--interval"}), "program: --interval takes a value: DURATION");
  EXPECT_EQ(told({"--log-format"}), "program: --log-format takes a value: one of text, json");
  EXPECT_EQ(told({"--log-format=xml"}), "program: --log-format: 'xml' is none of text, json");
  EXPECT_EQ(told({"--few=10"}), "program: --few: '10' is not a number from 0 to 9");
  EXPECT_EQ(
      told({"--loudly=maybe"}),
      "program: --loudly: 'maybe' is not a value that it takes; a switch takes true or false");
  EXPECT_EQ(told({"--no-such=7", "x"}), "program: there is no flag --no-such");
  EXPECT_EQ(told({"one", "two"}), "program: 'one' is not expected here; flags begin with --");
}

TEST(Options, MistakesNameTheCommandThatTheyBelongTo) {
  const auto told = [](std::vector<const char*> arguments) {
    Program program;
    program.app.add_subcommand("list");
    testing::internal::CaptureStderr();
    EXPECT_EQ(program.Parse(std::move(arguments)), kExitUsage);
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_THAT(told({"list", "--no-such=7"}), HasSubstr("program: list has no flag --no-such\n"));
  EXPECT_THAT(told({"list", "b", "c"}), HasSubstr("program: 'b' is more than list takes\n"));
}

TEST(Options, GivenTwiceCountsAsLastGiven) {
  Program program;
  EXPECT_EQ(program.Parse({"--interval=5s", "--interval=7s"}), std::nullopt);
  EXPECT_EQ(program.interval, absl::Seconds(7));
}

TEST(Options, ListsKeepEveryValue) {
  std::vector<std::string> labels;
  Program program;
  program.app.add_option("--label", labels);
  EXPECT_EQ(program.Parse({"--label=a", "--label=b"}), std::nullopt);
  EXPECT_THAT(labels, ::testing::ElementsAre("a", "b"));
}

TEST(Options, NumbersOutOfRangeAreToldTheRange) {
  for (const char* wrong : {"0", "11", "-1", "x", "1.5", ""}) {
    std::int64_t number = 3;
    Program program;
    AddNumber(&program.app, "--number", &number, 1, 10, "How many");
    testing::internal::CaptureStderr();
    EXPECT_EQ(program.Parse({"--number", wrong}), kExitUsage) << wrong;
    EXPECT_THAT(testing::internal::GetCapturedStderr(),
                HasSubstr("is not a whole number from 1 to 10"))
        << wrong;
    EXPECT_EQ(number, 3) << wrong;
  }
  std::int64_t number = 3;
  Program program;
  AddNumber(&program.app, "--number", &number, 1, 10, "How many");
  EXPECT_EQ(program.Parse({"--number", "10"}), std::nullopt);
  EXPECT_EQ(number, 10);
}

TEST(Options, EmptyValueDoesNotTakeTheNextFlag) {
  std::string file = "default";
  Program program;
  program.app.add_option("--file", file);
  EXPECT_EQ(program.Parse({"--file=", "--interval=5s"}), std::nullopt);
  EXPECT_EQ(file, "");
  EXPECT_EQ(program.interval, absl::Seconds(5));
}

TEST(Options, FlagsAreReadFromFilesThatEnd) {
  EXPECT_EQ(Program().Parse({"--config=/dev/zero"}), kExitUsage);
  EXPECT_EQ(Program().Parse({"--config=/nowhere"}), kExitUsage);
  EXPECT_EQ(Program().Parse({"--config=/"}), kExitUsage);
}

TEST(Options, AFlagInAFileThatIsNoneIsRefusedByName) {
  const std::string path = testing::TempDir() + "/wrong.conf";
  for (const auto& [content, name] :
       {std::pair("intervall=5s\n", "intervall"), std::pair("interval=5s\nhello world\n", "hello"),
        std::pair("[section]\ninterval=5s\n", "section")}) {
    std::ofstream(path) << content;
    testing::internal::CaptureStderr();
    EXPECT_EQ(Program().Parse({("--config=" + path).c_str()}), kExitUsage) << content;
    const std::string said = testing::internal::GetCapturedStderr();
    EXPECT_THAT(said, HasSubstr(path + ": '")) << content;
    EXPECT_THAT(said, HasSubstr(name));
    EXPECT_THAT(said, HasSubstr("is no flag of program"));
  }
}

TEST(Options, VersionAndHelpExitWithZero) {
  EXPECT_EQ(Program().Parse({"--version"}), kExitOk);
  EXPECT_EQ(Program().Parse({"--help"}), kExitOk);
}

TEST(Options, DurationsHaveTheUnitsOfPrometheus) {
  EXPECT_EQ(*ParseDuration("1y"), absl::Hours(365 * 24));
  EXPECT_EQ(*ParseDuration("2w"), absl::Hours(14 * 24));
  EXPECT_EQ(*ParseDuration("30d"), absl::Hours(720));
  EXPECT_EQ(*ParseDuration("1h30m"), absl::Minutes(90));
  EXPECT_EQ(*ParseDuration("1y2w3d4h5m6s7ms"),
            absl::Hours((365 + 14 + 3) * 24 + 4) + absl::Minutes(5) + absl::Milliseconds(6007));
  EXPECT_EQ(*ParseDuration("1.5h"), absl::Minutes(90));
  EXPECT_EQ(*ParseDuration("250us"), absl::Microseconds(250));
  EXPECT_EQ(*ParseDuration("0"), absl::ZeroDuration());
  EXPECT_EQ(*ParseDuration("292y"), absl::Hours(292 * 365 * 24));
}

TEST(Options, WhatIsNoDurationIsNamed) {
  for (const char* text : {"", "-1s", "5", "1", "h", "1h30", "1 h", "1mo", "1H", "1..5s", "inf",
                           "1e3s", "0x1s", "293y", "99999999999999999999999y", "1h-30m", "."}) {
    EXPECT_THAT(ParseDuration(text),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         "'" + std::string(text) +
                             "' is not a duration; write 500ms, 1s, 20m, 1h30m, 30d, 2w or 1y"))
        << text;
  }
}

TEST(Options, SizesKnowBinaryUnits) {
  EXPECT_EQ(*ParseBytes("512"), 512);
  EXPECT_EQ(*ParseBytes("10GiB"), 10LL << 30);
  EXPECT_THAT(ParseBytes("10GB"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("10GB")));
  EXPECT_THAT(ParseBytes("99999999TiB"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("size")));
}

}  // namespace
}  // namespace syspulse
