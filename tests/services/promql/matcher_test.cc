#include "services/promql/matcher.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/testing/status_matchers.h"

namespace syspulse::promql {
namespace {

using ::testing::HasSubstr;

Matcher Make(MatchKind kind, std::string value) {
  return *Matcher::Create(kind, "job", std::move(value));
}

TEST(Matcher, ComparesWholeValues) {
  EXPECT_TRUE(Make(MatchKind::kEqual, "node").Matches("node"));
  EXPECT_FALSE(Make(MatchKind::kEqual, "node").Matches("nodes"));
  EXPECT_TRUE(Make(MatchKind::kNotEqual, "node").Matches("nodes"));
  EXPECT_TRUE(Make(MatchKind::kRegex, "n.*e|x").Matches("node"));
  EXPECT_FALSE(Make(MatchKind::kRegex, "n|x").Matches("node"));
  EXPECT_TRUE(Make(MatchKind::kNotRegex, "n|x").Matches("node"));
}

TEST(Matcher, TakesALabelThatIsNotThereForEmpty) {
  EXPECT_TRUE(Make(MatchKind::kEqual, "").Matches(""));
  EXPECT_TRUE(Make(MatchKind::kRegex, ".*").Matches(""));
  EXPECT_FALSE(Make(MatchKind::kRegex, ".+").Matches(""));
  EXPECT_FALSE(Make(MatchKind::kNotEqual, "").Matches(""));
}

TEST(Matcher, SaysWhatIsWrongWithARegularExpression) {
  const auto fails = [](std::string value, std::string_view message) {
    EXPECT_THAT(Matcher::Create(MatchKind::kRegex, "job", value),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(std::string(message))))
        << value;
  };
  fails("[", "error parsing regexp: missing closing ]");
  fails("(", "missing closing )");
  fails("*", "missing argument to repetition operator: `*`");
  fails("(?=x)", "invalid or unsupported Perl syntax");
  fails("a{1001}", "invalid repeat count");
  fails("a)|(b", "unexpected )");
  fails("a\\C", "invalid escape sequence: `\\C`");
  fails("\\QC\\E\\C", "invalid escape sequence: `\\C`");
  fails("\\QA", "missing closing ): `^(?:\\QA)$`");
  EXPECT_TRUE(Make(MatchKind::kRegex, "\\Q\\C\\E").Matches("\\C"));
  EXPECT_TRUE(Make(MatchKind::kRegex, "\\\\C").Matches("\\C"));
  fails(std::string(100'000, 'a'), "expression too large");
  fails("((a{100}){100}){100}", "error parsing regexp");
}

// What would take a backtracking engine longer than the universe is there.
TEST(Matcher, MatchesInLinearTime) {
  const std::string many(2000, 'a');
  EXPECT_FALSE(Make(MatchKind::kRegex, "(a*)*b").Matches(many));
  EXPECT_TRUE(Make(MatchKind::kRegex, "(a|aa)+").Matches(many));
}

TEST(Matcher, IsWrittenAsInAQuery) {
  EXPECT_EQ(Make(MatchKind::kEqual, "a\"b\\").ToString(), R"(job="a\"b\\")");
  EXPECT_EQ(Make(MatchKind::kNotRegex, "x|y").ToString(), R"(job!~"x|y")");
}

TEST(Matcher, EqualsWhatWasMadeTheSameWay) {
  EXPECT_EQ(Make(MatchKind::kRegex, "x"), Make(MatchKind::kRegex, "x"));
  EXPECT_FALSE(Make(MatchKind::kRegex, "x") == Make(MatchKind::kEqual, "x"));
}

}  // namespace
}  // namespace syspulse::promql
