// What is said about queries that are none: the words and places of Prometheus 2.42, which people
// know and search for.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>

#include "services/promql/parser.h"
#include "tests/testing/status_matchers.h"

namespace syspulse::promql {
namespace {

using ::testing::HasSubstr;

struct Refused {
  std::string_view query;
  std::string_view message;  // begins with the place
};

void PrintTo(const Refused& refused, std::ostream* out) { *out << refused.query; }

class ParserErrorTest : public ::testing::TestWithParam<Refused> {};

TEST_P(ParserErrorTest, SaysWhatAndWhere) {
  const auto expr = ParseExpr(GetParam().query);
  ASSERT_FALSE(expr.ok());
  EXPECT_EQ(expr.status().code(), absl::StatusCode::kInvalidArgument);
  const std::string message(expr.status().message());
  const std::size_t words = message.find(" parse error: ");
  ASSERT_NE(words, message.npos) << message;
  EXPECT_EQ(message.substr(0, words) + " " + message.substr(words + 14), GetParam().message);
}

constexpr Refused kWords[] = {
    {"", "1:1: no expression found in input"},
    {" # nothing", "1:1: no expression found in input"},
    {"a b", "1:3: unexpected identifier \"b\""},
    {"a\n\n  b:c", "3:3: unexpected metric identifier \"b:c\""},
    {"a + ", "1:5: unexpected end of input"},
    {"(a", "1:3: unclosed left parenthesis"},
    {"a)", "1:3: unexpected right parenthesis ')'"},
    {"a]", "1:2: unexpected right bracket ']'"},
    {"a[5m", "1:5: unclosed left bracket"},
    {"a{", "1:3: unexpected end of input inside braces"},
    {"a{b=\"c\"", "1:8: unexpected end of input inside braces"},
    {"a{b!\"c\"}", "1:4: unexpected character after '!' inside braces: '\"'"},
    {"a ! b", "1:3: unexpected character after '!': ' '"},
    {"a =~ b", "1:3: unexpected character after '=': '~'"},
    {"a = b", "1:3: unexpected \"=\""},
    {"a $ b", "1:3: unexpected character: '$'"},
    {"a \xc3\xa9", "1:3: unexpected character: '\xc3\xa9'"},
    {"\"a", "1:1: unterminated quoted string"},
    {"\"\\q\"", "1:1: unknown escape sequence U+0071 'q'"},
    {"5x", "1:1: bad number or duration syntax: \"5\""},
    {"5m", "1:1: unexpected duration \"5m\""},
    {"1 \"0123456789\"", "1:3: unexpected string \"\\\"012345678\"..."},
    {"a[5]", "1:3: missing unit character in duration"},
    {"a[]", "1:3: missing unit character in duration"},
    {"a[5x]", "1:3: bad duration syntax: \"5\""},
    {"a[5m 5m]", "1:6: unexpected duration \"5m\" in subquery or range, expected \":\" or \"]\""},
    {"a[5m:5m 5m]", "1:9: unexpected duration \"5m\" in subquery selector, expected \"]\""},
    {"a[5m:x]", "1:6: unexpected character: 'x', expected ':'"},
    {"a[5m:+]", "1:6: unexpected <op:+> in subquery selector, expected duration or \"]\""},
    {"a[5m::]", "1:6: unexpected colon ':'"},
    {"a[1m1h]", "1:3: not a valid duration string: \"1m1h\""},
    {"a[0s]", "1:3: duration must be greater than 0"},
    {"a[300y]", "1:3: duration out of range"},
};
INSTANTIATE_TEST_SUITE_P(Words, ParserErrorTest, ::testing::ValuesIn(kWords));

constexpr Refused kGrammar[] = {
    {"*", "1:1: unexpected <op:*>"},
    {"a + by(b)", "1:7: unexpected \"(\""},
    {"sum(a b)", "1:7: unexpected identifier \"b\" in aggregation"},
    {"sum by (a) b", "1:12: unexpected identifier \"b\" in aggregation"},
    {"sum()", "1:1: no arguments for aggregate expression provided"},
    {"sum(a, b)",
     "1:1: wrong number of arguments for aggregate expression provided, expected 1, got 2"},
    {"topk(a)",
     "1:1: wrong number of arguments for aggregate expression provided, expected 2, got 1"},
    {"sum by a (b)", "1:8: unexpected identifier \"a\" in grouping opts, expected \"(\""},
    {"sum by (a b) (c)",
     "1:11: unexpected identifier \"b\" in grouping opts, expected \",\" or \")\""},
    {"sum by (,) (c)", "1:9: unexpected \",\" in grouping opts, expected label"},
    {"sum by (a:b) (c)",
     "1:9: unexpected metric identifier \"a:b\" in grouping opts, expected label"},
    {"sum by (without) (c)", "1:9: unexpected <without> in grouping opts, expected label"},
    {"sum by (a) (b) by (c)", "1:16: unexpected <by>"},
    {"a{b}", "1:4: unexpected \"}\" in label matching, expected label matching operator"},
    {"a{b=c}", "1:5: unexpected identifier \"c\" in label matching, expected string"},
    {"a{,}", "1:3: unexpected \",\" in label matching, expected identifier or \"}\""},
    {"a{b='c' d='e'}",
     "1:9: unexpected identifier \"d\" in label matching, expected \",\" or \"}\""},
    {"a{b='c'}{d='e'}", "1:9: unexpected \"{\""},
    {"a{b=~'['}", "1:3: error parsing regexp: missing closing ]: `[)$`"},
    {"a offset", "1:9: unexpected end of input in offset, expected duration"},
    {"a offset 5", "1:10: unexpected number \"5\" in offset, expected duration"},
    {"a offset 1m offset 2m", "1:1: offset may not be set multiple times"},
    {"sum(a) offset 1m",
     "1:1: offset modifier must be preceded by an instant vector selector or range vector selector "
     "or a subquery"},
    {"a offset 1m [5m]", "1:13: no offset modifiers allowed before range"},
    {"a @ 1 [5m]", "1:7: no @ modifiers allowed before range"},
    {"a @ b", "1:5: unexpected identifier \"b\" in @, expected timestamp"},
    {"a @ start", "1:10: unexpected end of input in @, expected timestamp"},
    {"a @ 1 @ 2", "1:1: @ <timestamp> may not be set multiple times"},
    {"a @ end() @ 2", "1:1: @ <timestamp> may not be set multiple times"},
    {"a @ inf", "1:1: timestamp out of bounds for @ modifier: +Inf"},
    {"1 @ 5",
     "1:1: @ modifier must be preceded by an instant vector selector or range vector selector or a "
     "subquery"},
    {"sum(a)[5m]", "1:7: ranges only allowed for vector selectors"},
    {"nothing(a)", "1:1: unknown function with name \"nothing\""},
    {"rate(a[1m],)", "1:11: trailing commas not allowed in function call args"},
    {"rate(a[1m] b)", "1:12: unexpected identifier \"b\""},
    {"a + bool", "1:9: unexpected end of input"},
    {"a + on(x) group_left > b", "1:22: unexpected <op:>> in grouping opts, expected \"(\""},
    {"a + on b", "1:8: unexpected identifier \"b\" in grouping opts, expected \"(\""},
};
INSTANTIATE_TEST_SUITE_P(Grammar, ParserErrorTest, ::testing::ValuesIn(kGrammar));

constexpr Refused kTypes[] = {
    {"rate(a)", "1:6: expected type range vector in call to function \"rate\", got instant vector"},
    {"rate(a[5m], b)", "1:1: expected 1 argument(s) in call to \"rate\", got 2"},
    {"round()", "1:1: expected at least 1 argument(s) in call to \"round\", got 0"},
    {"round(a, 1, 2)", "1:1: expected at most 2 argument(s) in call to \"round\", got 3"},
    {"time(1)", "1:1: expected 0 argument(s) in call to \"time\", got 1"},
    {"label_join(a, 'b')", "1:1: expected at least 3 argument(s) in call to \"label_join\", got 2"},
    {"label_join(a, 'b', 'c', 'd', 5)",
     "1:30: expected type string in call to function \"label_join\", got scalar"},
    {"sum(1)", "1:5: expected type instant vector in aggregation expression, got scalar"},
    {"topk(a, b)", "1:6: expected type scalar in aggregation parameter, got instant vector"},
    {"count_values(1, b)", "1:14: expected type string in aggregation parameter, got scalar"},
    {"a[5m] + 1", "1:1: binary expression must contain only scalar and instant vector types"},
    {"1 + 'b'", "1:5: binary expression must contain only scalar and instant vector types"},
    {"1 == 1", "1:3: comparisons between scalars must use BOOL modifier"},
    {"a + bool b", "1:3: bool modifier can only be used on comparison operators"},
    {"a and 1", "1:1: set operator \"and\" not allowed in binary scalar expression"},
    {"a and on(x) group_left b", "1:1: no grouping allowed for \"and\" operation"},
    {"a + on(x) 1", "1:1: vector matching only allowed between instant vectors"},
    {"a + on(x) group_left(x) b", "1:3: label \"x\" must not occur in ON and GROUP clause at once"},
    {"-'a'",
     "1:1: unary expression only allowed on expressions of type scalar or instant vector, got "
     "\"string\""},
    {"1[5m:]", "1:1: subquery is only allowed on instant vector, got scalar instead"},
    {"a[5m][5m:]", "1:1: subquery is only allowed on instant vector, got matrix instead"},
    {"{}", "1:1: vector selector must contain at least one non-empty matcher"},
    {"{a=~'.*'}", "1:1: vector selector must contain at least one non-empty matcher"},
    {"a{__name__='b'}", "1:1: metric name must not be set twice: \"a\" or \"b\""},
    {"sum(rate(a))",
     "1:10: expected type range vector in call to function \"rate\", got instant "
     "vector"},
};
INSTANTIATE_TEST_SUITE_P(Types, ParserErrorTest, ::testing::ValuesIn(kTypes));

std::string Repeat(std::string_view text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) repeated += text;
  return repeated;
}

// As often as a query may be long, so that nothing but its depth is wrong with it.
std::string RepeatToTheLimit(std::string_view text) {
  return Repeat(text, static_cast<int>((kMostQueryBytes - 1) / text.size()));
}

TEST(HostileQuery, NestedAHundredThousandTimesIsAnErrorAndNoCrash) {
  for (const char* const text : {"(", "-", "sum(", "abs(", "a^", "a+(", "((", "sum by (x) (",
                                 "a + on (x) ", "a or (b and "}) {
    EXPECT_THAT(ParseExpr(RepeatToTheLimit(text)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("deep")))
        << text;
  }
  EXPECT_THAT(ParseExpr(Repeat("(", 100'000) + "a" + Repeat(")", 100'000)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("deep")));
  for (const char* const text : {"+a", "[1m:]"}) {
    EXPECT_THAT(ParseExpr("a" + RepeatToTheLimit(text)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("deep")));
  }
}

TEST(HostileQuery, AsDeepAsPeopleGoIsFine) {
  EXPECT_THAT(ParseExpr(Repeat("(", 200) + "a" + Repeat(")", 200)), IsOk());
  EXPECT_THAT(ParseExpr("a" + Repeat(" or a", 900)), IsOk());
}

TEST(HostileQuery, LongerThanAQuarterOfAMegabyteIsAnError) {
  EXPECT_THAT(ParseExpr(Repeat(" ", 300'000)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("300000 bytes")));
  EXPECT_THAT(ParseExpr("a{b='" + Repeat("x", 200'000) + "'}"), IsOk());
}

TEST(HostileQuery, WithRegularExpressionsThatTakeTooMuchTogetherIsAnError) {
  for (const char* const matcher : {"b=~'\\\\pL{100}',", "b=~'x',"}) {
    EXPECT_THAT(ParseExpr("a{" + Repeat(matcher, 10'000) + "}"),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("regular expressions")))
        << matcher;
  }
  EXPECT_THAT(ParseExpr("a{" + Repeat("b=~'web-[0-9]+|db.*',", 500) + "}"), IsOk());
}

TEST(HostileQuery, WithBytesOfAnyKindIsAnError) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string query = std::string("a ") + static_cast<char>(byte) + " b";
    const auto expr = ParseExpr(query);
    EXPECT_TRUE(expr.ok() || expr.status().code() == absl::StatusCode::kInvalidArgument) << byte;
  }
  EXPECT_FALSE(ParseExpr(std::string_view("a\0", 2)).ok());
}

}  // namespace
}  // namespace syspulse::promql
