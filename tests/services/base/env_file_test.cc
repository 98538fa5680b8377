#include "services/base/env_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_format.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The variables as NAME=value, or the sentence on what is wrong.
std::vector<std::string> Read(std::string_view text) {
  const auto variables = ParseEnvFile(text, "f");
  if (!variables.ok()) return {std::string(variables.status().message())};
  std::vector<std::string> read;
  for (const EnvVariable& variable : *variables) {
    read.push_back(absl::StrFormat("%d:%s=%s", variable.line, variable.name, variable.value));
  }
  return read;
}

TEST(EnvFile, HasNamesValuesAndComments) {
  EXPECT_THAT(Read("# one\n; two\n\nA=1\n  B = two words \t\nC=\n_9=x#y"),
              ElementsAre("4:A=1", "5:B=two words", "6:C=", "7:_9=x#y"));
  EXPECT_THAT(Read(""), ElementsAre());
  EXPECT_THAT(Read("A=1\r\nB=2\r\n"), ElementsAre("1:A=1", "2:B=2"));
}

TEST(EnvFile, SingleQuotesTakeEverythingAsItIs) {
  EXPECT_THAT(Read("A=' b \\n \" $c\n d '\nB=2"), ElementsAre("1:A= b \\n \" $c\n d ", "3:B=2"));
}

TEST(EnvFile, DoubleQuotesKnowAFewEscapes) {
  EXPECT_THAT(Read(R"(A="a\"b\\c\$d\`e\nf")"), ElementsAre("1:A=a\"b\\c$d`e\\nf"));
  EXPECT_THAT(Read("A=\"one \\\ntwo\"\nB=2"), ElementsAre("1:A=one two", "3:B=2"));
}

TEST(EnvFile, QuotesOpenOnlyWhereAValueBegins) {
  EXPECT_THAT(Read("A=it's\nB=a\"b\""), ElementsAre("1:A=it's", "2:B=a\"b\""));
  EXPECT_THAT(Read("A='one' \"two\" three"), ElementsAre("1:A=onetwothree"));
}

TEST(EnvFile, ABackslashTakesWhatFollows) {
  EXPECT_THAT(Read("A=a\\ b\\\\c\\'d"), ElementsAre("1:A=a b\\c'd"));
  EXPECT_THAT(Read("A=one\\\ntwo\nB=2"), ElementsAre("1:A=onetwo", "3:B=2"));
  EXPECT_THAT(Read("A=end\\"), ElementsAre("1:A=end"));
  EXPECT_THAT(Read("A=x\\ "), ElementsAre("1:A=x "));
}

TEST(EnvFile, ACommentEndsWithItsLineWhateverStandsThere) {
  EXPECT_THAT(Read("# C:\\\nA=1"), ElementsAre("2:A=1"));
}

TEST(EnvFile, WhatIsWrongIsNamedWithItsLine) {
  EXPECT_THAT(Read("A=1\n\ninterval 5s\n"),
              ElementsAre("f:3: 'interval 5s' has no =; write NAME=VALUE"));
  EXPECT_THAT(Read("export A=1"),
              ElementsAre("f:1: 'export A' is not a name; it takes letters, digits and _"));
  EXPECT_THAT(Read("A=1\n9A=1"), ElementsAre(HasSubstr("f:2: '9A' is not a name")));
  EXPECT_THAT(Read("=1"), ElementsAre(HasSubstr("f:1: '' is not a name")));
  EXPECT_THAT(Read("A=1\nB=\"two\nC=3"),
              ElementsAre("f:2: 'two' begins within a quote that never ends"));
  EXPECT_THAT(Read(std::string_view("A=1\nB=\0", 7)), ElementsAre("f:2: a byte 0 is no text"));
  EXPECT_THAT(Read("A=\xff"), ElementsAre("f is not valid UTF-8"));
  EXPECT_LT(Read(std::string(1 << 20, 'x')).front().size(), 200U);
}

TEST(EnvFile, WhatIsQuotedIsReadAgainAsItWas) {
  for (const std::string value :
       {"", "plain", "two words", "a\"b", "it's", "\\", "$x`y", "a\nb", " blanks ", "#x", "ä"}) {
    EXPECT_THAT(Read("A=" + QuotedForEnvFile(value)), ElementsAre("1:A=" + value));
  }
}

TEST(EnvFile, IsAFileOfBoundedSize) {
  const std::string path = testing::TempDir() + "/env_file_test.env";
  EXPECT_THAT(ReadEnvFile("/nowhere/a.env"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nowhere/a.env: No such file")));
  EXPECT_THAT(ReadEnvFile("/dev/zero"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("/dev/zero is not a file")));
  EXPECT_THAT(ReadEnvFile("/"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("/ is not")));
  std::ofstream(path) << std::string((1 << 20) + 1, '\n');
  EXPECT_THAT(ReadEnvFile(path),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("larger than 1024 KiB")));
}

TEST(EnvFile, KnowsWhetherOthersMayWriteIt) {
  const std::string path = testing::TempDir() + "/env_file_test_mode.env";
  std::ofstream(path) << "A=1\n";
  using std::filesystem::perms;
  std::filesystem::permissions(path, perms::owner_read | perms::owner_write);
  EXPECT_FALSE(ReadEnvFile(path)->others_may_write);
  std::filesystem::permissions(path, perms::owner_read | perms::owner_write | perms::others_write);
  EXPECT_TRUE(ReadEnvFile(path)->others_may_write);
}

}  // namespace
}  // namespace syspulse
