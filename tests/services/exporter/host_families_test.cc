#include "services/exporter/host_families.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "services/exporter/text_format.h"
#include "tests/testing/frames.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

FramePtr Of(const std::vector<Sample>& samples, const std::string& source = "system") {
  return FrameOf("a", source, kNow, samples);
}

std::string TextOf(const std::vector<HostFrames>& hosts) {
  std::string text;
  ForEachFamily(hosts,
                [&](const prometheus::MetricFamily& family) { AppendFamily(family, &text); });
  return text;
}

TEST(HostFamilies, MergesTheFamiliesOfHostsAndSources) {
  EXPECT_EQ(
      TextOf({{{Of({{"b", {{"x", "1"}}, 1}, {"a", {}, 2}})}, "one"},
              {{Of({{"b", {{"x", "1"}}, 3}}), Of({{"b", {{"x", "2"}}, 4}}, "other")}, "two"}}),
      "# HELP a Help.\n# TYPE a gauge\n"
      "a{instance=\"one\"} 2\n"
      "# HELP b Help.\n# TYPE b gauge\n"
      "b{instance=\"one\",x=\"1\"} 1\n"
      "b{instance=\"two\",x=\"1\"} 3\n"
      "b{instance=\"two\",x=\"2\"} 4\n");
}

TEST(HostFamilies, OneHostNeedsNoInstance) {
  EXPECT_EQ(TextOf({{{Of({{"a", {{"instance", "mine"}}, 2}})}, std::nullopt}}),
            "# HELP a Help.\n# TYPE a gauge\na{instance=\"mine\"} 2\n");
}

TEST(HostFamilies, SeriesOfAFamilyStandTogetherWhateverTheSchemasOrder) {
  const auto schema = *Schema::Create(
      {{.name = "a", .help = "A.", .label_names = {"x"}}, {.name = "b", .help = "B."}},
      {{0, {"1"}}, {1, {}}, {0, {"2"}}});
  const auto frame = std::make_shared<const Frame>(
      Frame{.host = "a", .source = "system", .schema = schema, .time = kNow, .values = {1, 2, 3}});
  EXPECT_EQ(TextOf({{{frame}, std::nullopt}}),
            "# HELP a A.\n# TYPE a untyped\na{x=\"1\"} 1\na{x=\"2\"} 3\n"
            "# HELP b B.\n# TYPE b untyped\nb 2\n");
}

TEST(HostFamilies, WhatWasNotMeasuredIsLeftOut) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(
      TextOf({{{Of({{"a", {}, nan}, {"b", {{"x", "1"}}, nan}, {"b", {{"x", "2"}}, 1}})}, {}}}),
      "# HELP b Help.\n# TYPE b gauge\nb{x=\"2\"} 1\n");
}

TEST(HostFamilies, HostsOwnInstanceDoesNotCollide) {
  EXPECT_THAT(TextOf({{{Of({{"a", {{"instance", "mine"}}, 1}})}, "one"}}),
              HasSubstr("a{instance=\"one\",exported_instance=\"mine\"} 1\n"));
  EXPECT_THAT(
      TextOf({{{Of({{"a", {{"instance", "mine"}, {"exported_instance", "x"}}, 1}})}, "one"}}),
      HasSubstr(
          "a{instance=\"one\",exported_exported_instance=\"mine\",exported_instance=\"x\"} 1\n"));
}

TEST(HostFamilies, HostsOfDifferentTypesMakeTheFamilyUntyped) {
  const std::string text =
      TextOf({{{Of({{.name = "a", .value = 1, .type = MetricType::kGauge}})}, "one"},
              {{Of({{.name = "a", .value = 2, .type = MetricType::kCounter}})}, "two"}});
  EXPECT_EQ(text,
            "# HELP a Help.\n# TYPE a untyped\na{instance=\"one\"} 1\na{instance=\"two\"} 2\n");
}

TEST(HostFamilies, TypeThatTwoSourcesDisagreeOnIsTheFirstOnes) {
  const auto counter = *Schema::Create(
      {{.name = "a", .type = MetricType::kCounter, .help = "Odd.", .label_names = {"x"}}},
      {{0, {"9"}}});
  const auto odd = std::make_shared<const Frame>(
      Frame{.host = "a", .source = "textfile", .schema = counter, .time = kNow, .values = {7}});
  EXPECT_EQ(TextOf({{{Of({{"a", {{"x", "1"}}, 1}}), odd}, std::nullopt}}),
            "# HELP a Help.\n# TYPE a gauge\na{x=\"1\"} 1\n");
}

TEST(HostFamilies, SeriesThatTwoSourcesHaveIsTheFirstOnes) {
  const std::string text =
      TextOf({{{Of({{"a", {{"x", "1"}, {"y", "2"}}, 1}}),
                Of({{"a", {{"y", "2"}, {"x", "1"}}, 9}, {"a", {{"y", "3"}, {"x", "1"}}, 5}}, "z")},
               "one"}});
  EXPECT_THAT(text, HasSubstr("a{instance=\"one\",x=\"1\",y=\"2\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr(" 9\n")));
  EXPECT_THAT(text, HasSubstr(" 5\n"));
}

TEST(HostFamilies, EmptyLabelIsNoLabel) {
  EXPECT_THAT(TextOf({{{Of({{"a", {{"x", ""}, {"y", "2"}}, 1}})}, {}}}),
              HasSubstr("a{y=\"2\"} 1\n"));
}

}  // namespace
}  // namespace syspulse
