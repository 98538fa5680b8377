#include "services/remote_write/label_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/testing/status_matchers.h"
#include "tests/testing/write_request.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(LabelSet, HasItsLabelsByNameWithoutEmptyOnes) {
  const std::string fields =
      LabelFields({{"job", "node"}, {"__name__", "up"}, {"zone", ""}, {"Az", "1"}});
  const auto set = ParseLabelSet(fields);
  ASSERT_THAT(set, IsOk());
  EXPECT_EQ(set->metric, "up");
  EXPECT_THAT(set->labels, ElementsAre(LabelView{"Az", "1"}, LabelView{"job", "node"}));
}

TEST(LabelSet, HasOneSpelling) {
  const std::string sorted =
      LabelFields({{"A", "0"}, {"__name__", "up"}, {"a", std::string(300, 'x')}, {"job", "node"}});
  const std::string shuffled = LabelFields({{"job", "node"},
                                            {"a", std::string(300, 'x')},
                                            {"empty", ""},
                                            {"A", "0"},
                                            {"__name__", "up"}});
  EXPECT_EQ(SpellLabelSet(*ParseLabelSet(sorted)), sorted);
  EXPECT_EQ(SpellLabelSet(*ParseLabelSet(shuffled)), sorted);
}

TEST(LabelSet, SaysWhatIsWrongWithIt) {
  const auto error = [](const TestLabels& labels) {
    const auto set = ParseLabelSet(LabelFields(labels));
    EXPECT_TRUE(absl::IsInvalidArgument(set.status()));
    return std::string(set.status().message());
  };
  EXPECT_EQ(error({{"job", "node"}}), "a series has no __name__: {job=\"node\"}");
  EXPECT_EQ(error({{"__name__", ""}}), "a series has no __name__: {}");
  EXPECT_EQ(error({{"__name__", "a-b"}}), "'a-b' is not a metric name, in a-b");
  EXPECT_EQ(error({{"__name__", "up"}, {"", "x"}}), "'' is not a label name");
  EXPECT_EQ(error({{"__name__", "up"}, {"1a", "x"}}), "'1a' is not a label name");
  EXPECT_EQ(error({{"__name__", "up"}, {"a:b", "x"}}), "'a:b' is not a label name");
  EXPECT_EQ(error({{"__name__", "up"}, {"\xff", "x"}}), "'\xef\xbf\xbd' is not a label name");
  EXPECT_EQ(error({{"__name__", "up"}, {"a", "\xff"}}),
            "the value '\xef\xbf\xbd' of label a is not UTF-8");
  EXPECT_EQ(error({{"a", "1"}, {"__name__", "up"}, {"a", "2"}}),
            "label a of a series stands twice");
  EXPECT_EQ(error({{"__name__", "up"}, {"__name__", "down"}}),
            "label __name__ of a series stands twice");
}

TEST(LabelSet, IsBounded) {
  TestLabels many = {{"__name__", "up"}};
  for (std::size_t i = 0; i < kMostLabels; ++i) many.emplace_back("l" + std::to_string(i), "x");
  EXPECT_THAT(ParseLabelSet(LabelFields(many)).status().message(), HasSubstr("may have 256"));
  many.pop_back();
  EXPECT_THAT(ParseLabelSet(LabelFields(many))->labels, SizeIs(255));
  EXPECT_THAT(
      ParseLabelSet(LabelFields({{"__name__", "up"}, {"a", std::string(kMostLabelBytes, 'x')}}))
          .status()
          .message(),
      HasSubstr("may take 65536"));
}

TEST(LabelSet, IsDescribedInAFewWords) {
  const std::string fields =
      LabelFields({{"__name__", "up"}, {"a", std::string(1000, 'x')}, {"b", "2"}});
  EXPECT_LT(DescribeLabels(*ParseLabelSet(fields)).size(), 250U);
}

}  // namespace
}  // namespace syspulse
