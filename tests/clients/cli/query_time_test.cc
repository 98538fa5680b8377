#include "clients/cli/command/query_time.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

// Returns what a text means at 2026-01-02T12:00:00.5Z, two hours east of Greenwich.
std::string Moment(const std::string& text) {
  const absl::Time now = absl::FromUnixSeconds(1'767'355'200) + absl::Milliseconds(500);
  const auto time = ParseMoment(text, now, absl::FixedTimeZone(7200));
  if (!time.ok()) return std::string(time.status().message());
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", *time, absl::UTCTimeZone());
}

TEST(ParseMoment, TakesNowAndOffsetsFromIt) {
  EXPECT_EQ(Moment("now"), "2026-01-02T12:00:00Z");
  EXPECT_EQ(Moment("-15m"), "2026-01-02T11:45:00Z");
  EXPECT_EQ(Moment("-1w"), "2025-12-26T12:00:00Z");
  EXPECT_EQ(Moment("-1y"), "2025-01-02T12:00:00Z");
  EXPECT_EQ(Moment("+1h30m"), "2026-01-02T13:30:00Z");
  EXPECT_EQ(Moment("now-2h"), "2026-01-02T10:00:00Z");
  EXPECT_EQ(Moment("now+1d"), "2026-01-03T12:00:00Z");
}

TEST(ParseMoment, TakesTimesOfTheUsersZoneUnlessTheyNameAnother) {
  EXPECT_EQ(Moment("2026-01-02"), "2026-01-01T22:00:00Z");
  EXPECT_EQ(Moment("2026-01-02 15:04"), "2026-01-02T13:04:00Z");
  EXPECT_EQ(Moment("2026-01-02T15:04:05.25"), "2026-01-02T13:04:05.25Z");
  EXPECT_EQ(Moment("2026-01-02T15:04:05Z"), "2026-01-02T15:04:05Z");
  EXPECT_EQ(Moment("2026-01-02T15:04:05+01:00"), "2026-01-02T14:04:05Z");
  EXPECT_EQ(Moment("2026-01-02T15:04Z"), "2026-01-02T15:04:00Z");
  EXPECT_EQ(Moment("2026-01-02 15:04:05+01:00"), "2026-01-02T14:04:05Z");
}

TEST(ParseMoment, TakesSecondsSince1970) {
  EXPECT_EQ(Moment("1700000000.125"), "2023-11-14T22:13:20.125Z");
  EXPECT_EQ(Moment("-5"), "1969-12-31T23:59:55Z");
}

TEST(ParseMoment, SaysHowATimeIsWritten) {
  for (const std::string text :
       {"", "yesterday", "now-", "now-5", "now2h", "nowhere", "-h", "1e300", "2026-13-01",
        "2026-01-02 25:00", "infinite-past", "infinite-future", "26-01-02"}) {
    EXPECT_EQ(Moment(text).find("'" + text + "' is not a time; write now, -15m"), 0u) << text;
  }
}

}  // namespace
}  // namespace syspulse
