#include "services/promql/duration.h"

#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"

namespace syspulse::promql {
namespace {

using ::testing::HasSubstr;

TEST(Duration, AddsUpItsUnits) {
  EXPECT_EQ(*ParseDuration("5m"), 5 * 60 * 1000);
  EXPECT_EQ(*ParseDuration("1h30m"), 90 * 60 * 1000);
  EXPECT_EQ(*ParseDuration("250ms"), 250);
  EXPECT_EQ(*ParseDuration("1y1w1d1h1m1s1ms"), 32'230'861'001);
  EXPECT_EQ(*ParseDuration("0"), 0);
  EXPECT_EQ(*ParseDuration("0s"), 0);
}

TEST(Duration, WantsUnitsInOrderAndOnce) {
  for (const char* const text : {"5", "m", "1m1h", "1m1m", "1.5h", "-5m", "+5m", "5m ", " 5m", "5x",
                                 "5hs", "5mm", "5m5", "0x5m"}) {
    EXPECT_THAT(ParseDuration(text), StatusIs(absl::StatusCode::kInvalidArgument,
                                              HasSubstr("not a valid duration string")))
        << text;
  }
  EXPECT_THAT(ParseDuration(""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("empty duration")));
}

TEST(Duration, EndsWherePrometheusEnds) {
  EXPECT_THAT(ParseDuration("292y"), IsOk());
  for (const char* const text : {"293y", "292y52w", "106752d", "99999999999999999999h"}) {
    EXPECT_THAT(ParseDuration(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("out of range")))
        << text;
  }
}

TEST(Duration, IsWrittenWithYearsAndWeeksOnlyIfExact) {
  EXPECT_EQ(FormatDuration(0), "0s");
  EXPECT_EQ(FormatDuration(1), "1ms");
  EXPECT_EQ(FormatDuration(90'061'001), "1d1h1m1s1ms");
  EXPECT_EQ(FormatDuration(*ParseDuration("90d")), "90d");
  EXPECT_EQ(FormatDuration(*ParseDuration("14d")), "2w");
  EXPECT_EQ(FormatDuration(*ParseDuration("730d")), "2y");
  EXPECT_EQ(FormatDuration(*ParseDuration("366d")), "366d");
}

}  // namespace
}  // namespace syspulse::promql
