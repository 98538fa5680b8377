#include "services/promql/string_literal.h"

#include <gtest/gtest.h>

#include <string>

#include "services/promql/quote.h"
#include "tests/testing/status_matchers.h"

namespace syspulse::promql {
namespace {

using ::testing::HasSubstr;

std::string ValueOf(std::string_view text) { return ScanString(text)->value; }

TEST(StringLiteral, EndsAtItsQuote) {
  EXPECT_EQ(ValueOf(R"("a'b`c" d)"), "a'b`c");
  EXPECT_EQ(ScanString(R"("a'b`c" d)")->size, 7U);
  EXPECT_EQ(ValueOf(R"('a"b')"), "a\"b");
  EXPECT_EQ(ValueOf("`a\\n\nb`"), "a\\n\nb");
  EXPECT_EQ(ValueOf(R"("")"), "");
}

TEST(StringLiteral, KnowsEscapes) {
  EXPECT_EQ(ValueOf(R"("\a\b\f\n\r\t\v\\\"")"), "\a\b\f\n\r\t\v\\\"");
  EXPECT_EQ(ValueOf(R"('\'')"), "'");
  EXPECT_EQ(ValueOf(R"("\101\x42\u00e9\U0001f600")"), "AB\xc3\xa9\xf0\x9f\x98\x80");
  EXPECT_EQ(ValueOf(R"("\xff\377")"), "\xff\xff");
}

TEST(StringLiteral, SaysWhatIsNone) {
  const auto fails = [](std::string_view text, std::string_view message) {
    EXPECT_THAT(ScanString(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(std::string(message))))
        << text;
  };
  fails("\"a", "unterminated quoted string");
  fails("\"a\n\"", "unterminated quoted string");
  fails("`a", "unterminated raw string");
  fails("\"\\", "escape sequence not terminated");
  fails("\"\\x4", "escape sequence not terminated");
  fails(R"("\q")", "unknown escape sequence U+0071 'q'");
  fails(R"("\'")", "unknown escape sequence U+0027 '''");
  fails(R"("\xg0")", "illegal character U+0067 'g' in escape sequence");
  fails(R"("\08")", "illegal character U+0038 '8'");
  fails(R"("\777")", "invalid Unicode code point");
  fails(R"("\ud800")", "invalid Unicode code point");
  fails(R"("\U00110000")", "invalid Unicode code point");
  fails("\"\xff\"", "invalid UTF-8 rune");
  fails("\"\xef\xbf\xbd\"", "invalid UTF-8 rune");
  fails("\"\xed\xa0\x80\"", "invalid UTF-8 rune");
  fails("`\xc0\x80`", "invalid UTF-8 rune");
}

TEST(Quote, ReadsBackAsItWas) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  for (const std::string& text : {all, std::string("caf\xc3\xa9 \xe2\x82\xac"), std::string()}) {
    EXPECT_EQ(ValueOf(Quote(text)), text);
  }
  EXPECT_EQ(Quote("a\"\\\n\x01\x7f\xc3\xa9\xff"), "\"a\\\"\\\\\\n\\x01\\x7f\xc3\xa9\\xff\"");
}

TEST(Quote, NamesSingleCharacters) {
  EXPECT_EQ(QuoteCharacter("x y"), "'x'");
  EXPECT_EQ(QuoteCharacter("'"), R"('\'')");
  EXPECT_EQ(QuoteCharacter("\n"), R"('\n')");
  EXPECT_EQ(QuoteCharacter(""), "'\xef\xbf\xbd'");
  EXPECT_EQ(DescribeCharacter("\xe2\x82\xac"), "U+20AC '\xe2\x82\xac'");
}

}  // namespace
}  // namespace syspulse::promql
