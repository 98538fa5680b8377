// Charts, character by character.
#include "clients/cli/chart/chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "clients/cli/chart/axis.h"
#include "clients/cli/output/safe_text.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kStart = 1'700'000'000'000;  // 2023-11-14 22:13:20 UTC
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Returns a series with a value each second; NaN stands for a gap.
Curve CurveOf(const std::vector<double>& values, const std::string& device = "") {
  Curve curve{.labels = {{"__name__", "x"}}, .points = {}};
  if (!device.empty()) curve.labels["device"] = device;
  std::int64_t time = kStart;
  for (const double value : values) {
    if (!std::isnan(value)) curve.points.push_back({.time_ms = time, .value = value});
    time += 1000;
  }
  return curve;
}

std::string Drawn(const std::vector<Curve>& curves, std::int64_t seconds, ChartSpace space) {
  space.zone = absl::FixedTimeZone(3600);
  return DrawChart(
      curves, {.first_ms = kStart, .last_ms = kStart + seconds * 1000, .longest_join_ms = 1000},
      space);
}

std::vector<std::string> LabelsOf(const ValueAxis& axis) {
  std::vector<std::string> labels;
  for (const ValueMark& mark : axis.marks) labels.push_back(mark.label);
  return labels;
}

TEST(Chart, IsALineOfDotsWithItsGapsBetweenScales) {
  EXPECT_EQ(Drawn({CurveOf({0, 1, 2, kNan, kNan, 8, 8, 8, 8})}, 8, {.width = 20, .height = 9}),
            "x\n"
            "10 ┤\n"
            "   │         ⠈⠉⠉⠉⠉⠉⠉\n"
            "   │\n"
            "   │   ⢀⡀\n"
            " 0 ┤⡠⠔⠊⠁\n"
            "   └┬───────────────\n"
            "23:13:20\n");
}

TEST(Chart, GivesEachOfSeveralSeriesALetterWithoutColour) {
  const std::string chart =
      Drawn({CurveOf({1, 1}, "sda"), CurveOf({3, 3}, "sdb")}, 1, {.width = 40, .height = 12});
  EXPECT_THAT(chart, HasSubstr("aaaaaaaaaa"));
  EXPECT_THAT(chart, HasSubstr("bbbbbbbbbb"));
  EXPECT_THAT(chart, HasSubstr("a {device=\"sda\"}  1  b {device=\"sdb\"}  3\n"));
  EXPECT_THAT(chart, Not(HasSubstr("\x1b")));
}

TEST(Chart, GivesEachOfSeveralSeriesAColourWhereThereIsColour) {
  const std::string chart = Drawn({CurveOf({1, 1}, "sda"), CurveOf({3, 3}, "sdb")}, 1,
                                  {.width = 40, .height = 12, .color = true});
  EXPECT_THAT(chart, HasSubstr("\x1b[36m━\x1b[0m {device=\"sda\"}"));
  EXPECT_THAT(chart, HasSubstr("\x1b[33m━\x1b[0m {device=\"sdb\"}"));
  EXPECT_THAT(chart, HasSubstr("\x1b[33m⣀⣀"));
}

TEST(Chart, KeepsToAsciiWhereThereIsNothingElse) {
  const std::string chart = Drawn({CurveOf({1, 2})}, 1, {.width = 40, .height = 12, .ascii = true});
  EXPECT_TRUE(std::ranges::all_of(chart, [](char c) { return c > 0; })) << chart;
}

TEST(Chart, SaysWhatIsNotDrawn) {
  std::vector<Curve> curves(15, CurveOf({1, kInfinity}));
  const std::string chart = Drawn(curves, 1, {});
  EXPECT_THAT(chart, HasSubstr("3 series more are not drawn"));
  EXPECT_THAT(chart, HasSubstr("infinite values are not drawn"));
  EXPECT_EQ(Drawn({CurveOf({kInfinity, -kInfinity})}, 1, {}), "");
  EXPECT_EQ(Drawn({}, 1, {}), "");
}

TEST(Chart, FitsTheTerminalWhateverTheValuesAre) {
  const std::vector<std::vector<double>> extremes = {{0},
                                                     {1},
                                                     {-1e308, 1e308},
                                                     {1e308, 1.7e308},
                                                     {5e-324, 1e-320},
                                                     {1e15, 1e15 + 0.125},
                                                     {-3, -2.999999},
                                                     {1e-9, 2e-9}};
  for (const std::vector<double>& values : extremes) {
    for (const auto& [width, height] : {std::pair{80, 24}, std::pair{200, 50}, std::pair{30, 10}}) {
      const std::string chart = Drawn({CurveOf(values)}, 1, {.width = width, .height = height});
      EXPECT_EQ(std::ranges::count(chart, '\n'), height - 1) << chart;
      for (std::size_t at = 0; at < chart.size(); at = chart.find('\n', at) + 1) {
        EXPECT_LE(DisplayWidth(chart.substr(at, chart.find('\n', at) - at)), width) << chart;
      }
    }
  }
}

TEST(ValueAxis, HasRoundMarksWithUnits) {
  const auto labels = [](double least, double most, AxisUnit unit = AxisUnit::kNumber) {
    return LabelsOf(MakeValueAxis(least, most, 5, unit));
  };
  EXPECT_THAT(labels(0.1, 0.93), ElementsAre("0", "0.5", "1.0"));
  EXPECT_THAT(labels(3, 3), ElementsAre("0", "1", "2", "3"));
  EXPECT_THAT(labels(100, 101), ElementsAre("100.0", "100.5", "101.0"));
  EXPECT_THAT(labels(0, 40e6), ElementsAre("0", "10M", "20M", "30M", "40M"));
  EXPECT_THAT(labels(-2, 2), ElementsAre("-2", "-1", "0", "1", "2"));
  EXPECT_THAT(labels(0, 0.004), ElementsAre("0", "1m", "2m", "3m", "4m"));
  EXPECT_THAT(labels(0, 3.0 * (1 << 30), AxisUnit::kBytes), ElementsAre("0", "1G", "2G", "3G"));
  EXPECT_THAT(labels(0, 900, AxisUnit::kBytes), ElementsAre("0", "500B", "1000B"));
}

TEST(ShortValue, HasAUnit) {
  EXPECT_EQ(ShortValue(1234, AxisUnit::kNumber), "1234");
  EXPECT_EQ(ShortValue(-12345678, AxisUnit::kNumber), "-12.35M");
  EXPECT_EQ(ShortValue(1e20, AxisUnit::kNumber), "1e+20");
  EXPECT_EQ(ShortValue(0, AxisUnit::kNumber), "0");
  EXPECT_EQ(ShortValue(1536, AxisUnit::kBytes), "1.5K");
  EXPECT_EQ(ShortValue(kNan, AxisUnit::kBytes), "NaN");
}

TEST(TimeMarks, AreRoundInTheZoneAndStandApart) {
  const auto labels = [](std::int64_t seconds, int columns) {
    std::vector<std::string> found;
    for (const TimeMark& mark : MakeTimeMarks(kStart, kStart + seconds * 1000, columns,
                                              absl::FixedTimeZone(5 * 3600 + 1800))) {
      found.push_back(mark.label);
    }
    return found;
  };
  EXPECT_THAT(labels(60, 40), ElementsAre("03:43:30", "03:44:00"));
  EXPECT_THAT(labels(6 * 3600, 60),
              ElementsAre("04:00", "05:00", "06:00", "07:00", "08:00", "09:00"));
  EXPECT_THAT(labels(3 * 86400, 60), ElementsAre("2023-11-16", "2023-11-17", "2023-11-18"));
  EXPECT_THAT(labels(0, 60), ElementsAre("03:43:20"));
}

TEST(TimeMarks, StayRoundWhereTheClockIsSet) {
  absl::TimeZone berlin;
  if (!absl::LoadTimeZone("Europe/Berlin", &berlin)) GTEST_SKIP() << "tzdata is not installed";
  const auto labels = [&](absl::CivilHour first, int hours, int columns) {
    const std::int64_t start = absl::ToUnixMillis(absl::FromCivil(first, berlin));
    std::vector<std::string> found;
    for (const TimeMark& mark : MakeTimeMarks(start, start + hours * 3'600'000, columns, berlin)) {
      found.push_back(mark.label);
    }
    return found;
  };
  // In October an hour comes twice, in March one is left out.
  EXPECT_THAT(labels(absl::CivilHour(2023, 10, 28), 72, 60),
              ElementsAre("2023-10-28", "2023-10-29", "2023-10-30"));
  EXPECT_THAT(labels(absl::CivilHour(2023, 10, 29), 9, 45),
              ElementsAre("00:00", "02:00", "04:00", "06:00", "08:00"));
  EXPECT_THAT(labels(absl::CivilHour(2023, 3, 26), 9, 45),
              ElementsAre("00:00", "04:00", "06:00", "08:00", "10:00"));
  EXPECT_THAT(labels(absl::CivilHour(2023, 3, 25), 72, 60),
              ElementsAre("2023-03-25", "2023-03-26", "2023-03-27", "2023-03-28"));
}

}  // namespace
}  // namespace syspulse
