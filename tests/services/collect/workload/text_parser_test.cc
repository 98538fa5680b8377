#include "services/collect/workload/text_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "absl/strings/str_format.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

double ValueOf(const std::string& text) {
  const auto families = ParseTextFormat("m " + text + "\n");
  EXPECT_THAT(families, IsOk()) << text;
  return families.ok() ? families->at(0).series.at(0).value : -1;
}

TEST(ParseTextFormat, ReadsHelpTypeLabelsAndValues) {
  const auto families = ParseTextFormat(
      "# HELP jobs_total Jobs\\nthat \\\\ ran.\n"
      "# TYPE jobs_total counter\n"
      "jobs_total{queue=\"a\\\"b\\\\c\\nd\", zone = \"\",} 3\n"
      "\n"
      "# just a comment\n"
      "  plain:metric\t 4e2 \n");
  ASSERT_THAT(families, IsOk());
  ASSERT_THAT(*families, SizeIs(2));
  const TextFamily& jobs = families->at(0);
  EXPECT_EQ(jobs.name, "jobs_total");
  EXPECT_EQ(jobs.type, MetricType::kCounter);
  EXPECT_EQ(jobs.help, "Jobs\nthat \\ ran.");
  EXPECT_THAT(jobs.label_names, ElementsAre("queue", "zone"));
  EXPECT_THAT(jobs.series.at(0).label_values, ElementsAre("a\"b\\c\nd", ""));
  EXPECT_EQ(jobs.series.at(0).value, 3);
  const TextFamily& plain = families->at(1);
  EXPECT_EQ(plain.name, "plain:metric");
  EXPECT_EQ(plain.type, MetricType::kUntyped);
  EXPECT_EQ(plain.help, std::nullopt);
  EXPECT_EQ(plain.series.at(0).value, 400);
}

TEST(ParseTextFormat, FillsLabelsThatALineDoesNotHave) {
  const auto families = ParseTextFormat("m{a=\"1\"} 1\nother 0\nm{b=\"2\"} 2\nm 3\n");
  ASSERT_THAT(families, IsOk());
  const TextFamily& family = families->at(0);
  EXPECT_THAT(family.label_names, ElementsAre("a", "b"));
  EXPECT_THAT(family.series.at(0).label_values, ElementsAre("1", ""));
  EXPECT_THAT(family.series.at(1).label_values, ElementsAre("", "2"));
  EXPECT_THAT(family.series.at(2).label_values, ElementsAre("", ""));
}

TEST(ParseTextFormat, ReadsNumbersAsGoDoes) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(ValueOf("+5"), 5);
  EXPECT_EQ(ValueOf("-.5e-3"), -0.0005);
  EXPECT_EQ(ValueOf("5."), 5);
  EXPECT_EQ(ValueOf("+Inf"), kInfinity);
  EXPECT_EQ(ValueOf("-inf"), -kInfinity);
  EXPECT_EQ(ValueOf("infinity"), kInfinity);
  EXPECT_TRUE(std::isnan(ValueOf("NaN")));
  for (const char* text : {"", "x", "1x", "0x10", "1_000", "+-1", "--1", "nan(1)", "-nan", "1e999",
                           "1,5", "e5", "1\r", "+"}) {
    EXPECT_THAT(ParseTextFormat(absl::StrFormat("m %s\n", text)),
                StatusIs(kDataLoss, HasSubstr("is not a number")))
        << text;
  }
}

TEST(ParseTextFormat, MakesFamiliesOfTheSeriesOfHistogramsAndSummaries) {
  const auto families = ParseTextFormat(
      "# HELP h Sizes.\n# TYPE h histogram\nh_bucket{le=\"1.0\"} 2\nh_bucket{le=\"+Inf\"} 3\n"
      "h_sum 4\nh_count 3\n"
      "# TYPE s summary\ns{quantile=\"0.5\"} 6\ns_sum 7\ns_count 8\ns_bucket 9\n");
  ASSERT_THAT(families, IsOk());
  std::string all;
  for (const TextFamily& family : *families) {
    all += absl::StrFormat("%s %d %s, ", family.name, static_cast<int>(family.type),
                           family.help.value_or("-"));
  }
  EXPECT_EQ(all,
            "h_bucket 0 Sizes., h_sum 0 Sizes., h_count 0 Sizes., "
            "s 1 -, s_sum 0 -, s_count 0 -, s_bucket 2 -, ");
  EXPECT_THAT(families->at(0).series.at(0).label_values, ElementsAre("1.0"));
}

TEST(ParseTextFormat, TakesHelpBehindTheFirstValueButNotType) {
  const auto families = ParseTextFormat("m 1\n# HELP m Late.\n");
  ASSERT_THAT(families, IsOk());
  EXPECT_EQ(families->at(0).help, "Late.");
  EXPECT_THAT(ParseTextFormat("m 1\n# TYPE m gauge\n"), StatusIs(kDataLoss, HasSubstr("too late")));
}

TEST(ParseTextFormat, KnowsNoHelpInAnEmptyOneAndNoFamilyWithoutSeries) {
  const auto families = ParseTextFormat("# HELP m \n# HELP n\n# TYPE o gauge\n# TYPE\n#\nm 1\n");
  ASSERT_THAT(families, IsOk());
  ASSERT_THAT(*families, SizeIs(1));
  EXPECT_EQ(families->at(0).help, std::nullopt);
  EXPECT_THAT(*ParseTextFormat(""), IsEmpty());
}

TEST(ParseTextFormat, RefusesAllOfATextThatIsNotOfTheFormat) {
  for (const char* line : {"m",
                           "m{",
                           "m{}",
                           "{a=\"b\"} 1",
                           "1m 1",
                           "m.n 1",
                           "m-n 1",
                           "m{a} 1",
                           "m{a=b} 1",
                           "m{a=\"b} 1",
                           "m{a=\"b\"c=\"d\"} 1",
                           "m{a=\"b\" 1",
                           "m{1a=\"b\"} 1",
                           "m{a:b=\"c\"} 1",
                           "m{a=\"\\x\"} 1",
                           "m{a=\"\xff\"} 1",
                           "m{a=\"b\",a=\"c\"} 1",
                           "m{__name__=\"n\"} 1",
                           "m{,} 1",
                           "m 1 2 3",
                           "m 1 x",
                           "# HELP 1m x",
                           "# HELP m \\x",
                           "# TYPE m thing",
                           "# TYPE m. gauge",
                           "# HELP m a\n# HELP m b",
                           "# TYPE m gauge\n# TYPE m gauge",
                           "# TYPE h histogram\nh 1",
                           "\x01",
                           "m{a=\"b\\"}) {
    const std::string text = absl::StrFormat("good 1\n%s\n", line);
    EXPECT_THAT(ParseTextFormat(text), StatusIs(kDataLoss, HasSubstr("line "))) << line;
  }
}

TEST(ParseTextFormat, NamesTheLine) {
  EXPECT_THAT(ParseTextFormat("a 1\n\nb 2\nc three\nd 4\n"),
              StatusIs(kDataLoss, HasSubstr("line 4: 'three' is not a number")));
}

TEST(ParseTextFormat, RefusesTimestamps) {
  EXPECT_THAT(ParseTextFormat("a 1\nb 2 1441205977284\n"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("line 2")));
}

TEST(ParseTextFormat, RefusesATextThatIsCut) {
  const std::string text = "# HELP m Some.\n# TYPE m gauge\nm{a=\"b\"} 12\nm 3\n";
  for (std::size_t size = 1; size < text.size(); ++size) {
    if (text[size - 1] == '\n') continue;
    EXPECT_THAT(ParseTextFormat(text.substr(0, size)), StatusIs(kDataLoss, HasSubstr("not end")));
  }
}

TEST(ParseTextFormat, IsBounded) {
  std::string series;
  for (std::size_t i = 0; i <= kMostTextSeries; ++i)
    series += absl::StrFormat("m{i=\"%d\"} 1\n", i);
  EXPECT_THAT(ParseTextFormat(series),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("line 20001")));
  std::string labels;
  for (std::size_t i = 0; i <= kMostTextLabels; ++i)
    labels += absl::StrFormat("m{l%d=\"\"} 1\n", i);
  EXPECT_THAT(ParseTextFormat(labels),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("line 33")));
}

}  // namespace
}  // namespace syspulse
