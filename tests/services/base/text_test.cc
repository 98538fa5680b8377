#include "services/base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>

namespace syspulse {
namespace {

using ::testing::ElementsAre;

TEST(Text, TakesFieldsSeparatedByBlanks) {
  std::string_view rest = "  cpu0\t 12  34 ";
  EXPECT_EQ(TakeField(&rest), "cpu0");
  EXPECT_EQ(TakeField(&rest), "12");
  EXPECT_EQ(TakeField(&rest), "34");
  EXPECT_EQ(TakeField(&rest), "");
}

TEST(Text, TakesLinesUntilNothingIsLeft) {
  std::string_view rest = "a\n\nb";
  EXPECT_EQ(TakeUntil(&rest, '\n'), "a");
  EXPECT_EQ(TakeUntil(&rest, '\n'), "");
  EXPECT_EQ(TakeUntil(&rest, '\n'), "b");
  EXPECT_TRUE(rest.empty());
}

TEST(Text, SplitKeepsEmptyParts) {
  EXPECT_THAT(Split(",a,", ','), ElementsAre("", "a", ""));
  EXPECT_THAT(Split("", ','), ElementsAre(""));
}

TEST(Text, NumbersAreWholeOrNothing) {
  EXPECT_EQ(ParseNumber<std::uint64_t>("18446744073709551615"), 18446744073709551615U);
  EXPECT_EQ(ParseNumber<double>("0.25"), 0.25);
  EXPECT_EQ(ParseNumber<std::uint64_t>("18446744073709551616"), std::nullopt);
  EXPECT_EQ(ParseNumber<std::uint64_t>("-1"), std::nullopt);
  EXPECT_EQ(ParseNumber<int>("12x"), std::nullopt);
  EXPECT_EQ(ParseNumber<int>(""), std::nullopt);
}

TEST(Text, TrimsBothEnds) { EXPECT_EQ(Trim(" \t x y \n"), "x y"); }

TEST(Text, ValidUtf8IsLeftAlone) { EXPECT_EQ(ToUtf8("aé€😀"), "aé€😀"); }

TEST(Text, BrokenUtf8IsReplacedByteByByte) {
  EXPECT_EQ(ToUtf8("a\xff"
                   "b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(ToUtf8("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");       // overlong
  EXPECT_EQ(ToUtf8("\xED\xA0\x80").substr(0, 3), "\xEF\xBF\xBD");  // surrogate
  EXPECT_EQ(ToUtf8("\xE2\x82"), "\xEF\xBF\xBD\xEF\xBF\xBD");       // cut short
}

}  // namespace
}  // namespace syspulse
