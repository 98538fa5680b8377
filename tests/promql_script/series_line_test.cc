#include "tests/promql_script/series_line.h"

#include <gmock/gmock.h>

#include "services/promql/series_source.h"
#include "tests/testing/status_matchers.h"

namespace syspulse::promql {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Optional;

constexpr auto kNone = std::nullopt;

TEST(SeriesLine, SaysNameLabelsAndSamples) {
  const auto line = ParseSeriesLine(R"(  up{job="a",host='b c'} 1 -2.5 1e3	NaN )");
  ASSERT_THAT(line, IsOk());
  EXPECT_EQ(line->labels.ToString(), R"(up{host="b c", job="a"})");
  ASSERT_EQ(line->values.size(), 4U);
  EXPECT_THAT(line->values[1], Optional(-2.5));
  EXPECT_THAT(line->values[2], Optional(1000));
}

TEST(SeriesLine, RepeatsAndChangesSamples) {
  const auto values = [](std::string_view text) {
    return ParseSeriesLine("up " + std::string(text))->values;
  };
  EXPECT_THAT(values("0+10x3"), ElementsAre(0, 10, 20, 30));
  EXPECT_THAT(values("5-2x2 7x1"), ElementsAre(5, 3, 1, 7, 7));
  EXPECT_THAT(values("-1e1+1e-1x1"), ElementsAre(-10, -9.9));
  EXPECT_THAT(values("1 _ 2 _x2 3x0"), ElementsAre(1, kNone, 2, kNone, kNone, 3));
  EXPECT_TRUE(IsStale(*values("stale")[0]));
  EXPECT_TRUE(values("").empty());
}

TEST(SeriesLine, NamesWhatIsNotOurs) {
  EXPECT_EQ(ParseSeriesLine("h {{schema:0 sum:1 count:1 buckets:[1]}}x3")->foreign,
            "native histogram");
  EXPECT_EQ(ParseSeriesLine("h{a=\"b\"} 1 2 {{}}")->foreign, "native histogram");
  EXPECT_EQ(ParseSeriesLine("c{a=\"b\"}@st -1m")->foreign, "start timestamps");
  EXPECT_THAT(ParseSeriesLine(R"({"a.b", c="d"} 1)"),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("quoted names")));
}

TEST(SeriesLine, RefusesWhatIsMalformed) {
  for (const char* const line :
       {"", "5 6", "up{", "up{a} 1", "up{a=~\"b\"} 1", "up 1x", "up 1+1", "up one", "up 1xx2",
        "up _+1x2", "up 1x99999999", "up 0x1000000 1x1000000", "up)1", "up 1+ax3", "up -"}) {
    EXPECT_THAT(ParseSeriesLine(line), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("")))
        << line;
  }
}

}  // namespace
}  // namespace syspulse::promql
