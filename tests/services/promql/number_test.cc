#include "services/promql/number.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace syspulse::promql {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Number, IsReadInAllItsForms) {
  EXPECT_EQ(ParseNumberLiteral("0"), 0);
  EXPECT_EQ(ParseNumberLiteral("5."), 5);
  EXPECT_EQ(ParseNumberLiteral(".5"), 0.5);
  EXPECT_EQ(ParseNumberLiteral("1.5e-3"), 0.0015);
  EXPECT_EQ(ParseNumberLiteral("1E3"), 1000);
  EXPECT_EQ(ParseNumberLiteral("0xFf"), 255);
  EXPECT_EQ(ParseNumberLiteral("017"), 15);
  EXPECT_EQ(ParseNumberLiteral("018"), 18);
  EXPECT_EQ(ParseNumberLiteral("01.5"), 1.5);
  EXPECT_EQ(ParseNumberLiteral("9223372036854775808"), 9223372036854775808.0);
  EXPECT_EQ(ParseNumberLiteral("iNf"), kInfinity);
  EXPECT_TRUE(std::isnan(*ParseNumberLiteral("NaN")));
}

TEST(Number, TooSmallIsZeroAndTooLargeIsNone) {
  EXPECT_EQ(ParseNumberLiteral("1e-400"), 0);
  EXPECT_EQ(ParseNumberLiteral("1e400"), std::nullopt);
  EXPECT_EQ(ParseNumberLiteral("0xfffffffffffffffff"), std::nullopt);
}

TEST(Number, IsWholeOrNone) {
  for (const char* const text : {"", "-1", "+1", "1e", "0x", "0x-1", "0x1.8", "1_000", "1 ",
                                 "infinity", ".", "1.2.3", "e5"}) {
    EXPECT_EQ(ParseNumberLiteral(text), std::nullopt) << text;
  }
}

TEST(Number, IsWrittenAsShortAsItReadsBack) {
  EXPECT_EQ(FormatNumber(1), "1");
  EXPECT_EQ(FormatNumber(-0.0), "-0");
  EXPECT_EQ(FormatNumber(0.1), "0.1");
  EXPECT_EQ(FormatNumber(123456), "123456");
  EXPECT_EQ(FormatNumber(1234567), "1.234567e+06");
  EXPECT_EQ(FormatNumber(0.0001), "0.0001");
  EXPECT_EQ(FormatNumber(0.00001), "1e-05");
  EXPECT_EQ(FormatNumber(1e300), "1e+300");
  EXPECT_EQ(FormatNumber(kInfinity), "+Inf");
  EXPECT_EQ(FormatNumber(-kInfinity), "-Inf");
  EXPECT_EQ(FormatNumber(std::nan("")), "NaN");
}

}  // namespace
}  // namespace syspulse::promql
