#include "services/promql/labels.h"

#include <gmock/gmock.h>

#include <string>
#include <unordered_set>
#include <vector>

namespace syspulse::promql {
namespace {

TEST(Labels, AreSortedByNameHoweverTheyAreGiven) {
  const Labels labels = Labels::Of({{"job", "node"}, {"__name__", "up"}, {"instance", "a"}});
  ASSERT_EQ(labels.size(), 3u);
  EXPECT_EQ(labels[0], (Label{"__name__", "up"}));
  EXPECT_EQ(labels[1], (Label{"instance", "a"}));
  EXPECT_EQ(labels[2], (Label{"job", "node"}));
  EXPECT_EQ(labels, Labels::Of({{"instance", "a"}, {"job", "node"}, {"__name__", "up"}}));
}

TEST(Labels, WithAnEmptyValueAreNotThere) {
  EXPECT_EQ(Labels::Of({{"a", ""}}), Labels());
  EXPECT_EQ(Labels::Of({{"a", "1"}, {"a", ""}, {"b", "2"}}), Labels::Of({{"b", "2"}}));
  EXPECT_EQ(Labels().Get("a"), "");
  EXPECT_TRUE(Labels().empty());
  EXPECT_EQ(Labels().size(), 0u);
}

TEST(Labels, WhoseTextsRunTogetherAlikeDiffer) {
  const Labels a = Labels::Of({{"a", "bc"}});
  const Labels b = Labels::Of({{"ab", "c"}});
  EXPECT_NE(a, b);
  EXPECT_NE(a.hash(), b.hash());
  EXPECT_NE(Labels::Of({{"a", "1"}}), Labels());
}

TEST(Labels, FindAValueByName) {
  const Labels labels = Labels::Of({{"b", "2"}, {"d", "4"}});
  EXPECT_EQ(labels.Get("b"), "2");
  EXPECT_EQ(labels.Get("d"), "4");
  for (const char* other : {"a", "c", "e", "", "bb"}) EXPECT_EQ(labels.Get(other), "") << other;
}

TEST(Labels, LoseOnlyTheMetricsName) {
  const Labels labels = Labels::Of({{"__name__", "up"}, {"a", "1"}});
  EXPECT_EQ(labels.WithoutName(), Labels::Of({{"a", "1"}}));
  EXPECT_EQ(Labels::Of({{"__name__", "up"}}).WithoutName(), Labels());
  EXPECT_EQ(Labels::Of({{"a", "1"}}).WithoutName(), Labels::Of({{"a", "1"}}));
}

TEST(Labels, OrderByNamesAndValuesInTurn) {
  EXPECT_LT(Labels(), Labels::Of({{"a", "1"}}));
  EXPECT_LT(Labels::Of({{"a", "1"}}), Labels::Of({{"a", "2"}}));
  EXPECT_LT(Labels::Of({{"a", "2"}}), Labels::Of({{"b", "1"}}));
  EXPECT_LT(Labels::Of({{"a", "1"}}), Labels::Of({{"a", "1"}, {"b", "1"}}));
}

TEST(Labels, AreWrittenAsPromqlWritesThem) {
  EXPECT_EQ(Labels().ToString(), "{}");
  EXPECT_EQ(Labels::Of({{"__name__", "up"}}).ToString(), "up");
  EXPECT_EQ(Labels::Of({{"a", "1"}, {"b", "x\"y"}}).ToString(), R"({a="1", b="x\"y"})");
  EXPECT_EQ(Labels::Of({{"__name__", "up"}, {"a", "1"}}).ToString(), R"(up{a="1"})");
}

TEST(Labels, MayHoldAnyBytesAndBeManyAndLong) {
  const std::string zero("\0\xff", 2);
  const std::string longer(1'000'000, 'x');
  std::vector<Label> many = {{"zero", zero}, {"long", longer}};
  std::vector<std::string> names;
  for (int i = 0; i < 1000; ++i) names.push_back("n" + std::to_string(i));
  for (const std::string& name : names) many.push_back({name, name});
  const Labels labels = Labels::Of(many);
  EXPECT_EQ(labels.size(), 1002u);
  EXPECT_EQ(labels.Get("zero"), zero);
  EXPECT_EQ(labels.Get("long"), longer);
  EXPECT_EQ(labels.Get("n999"), "n999");
}

TEST(Labels, AreKeysByContent) {
  std::unordered_set<Labels, LabelsHash> set;
  set.insert(Labels::Of({{"a", "1"}}));
  set.insert(LabelsBuilder().Set("a", "1").Build());
  set.insert(Labels());
  EXPECT_EQ(set.size(), 2u);
}

TEST(LabelsBuilder, ChangesACopy) {
  const Labels base = Labels::Of({{"__name__", "up"}, {"a", "1"}, {"b", "2"}, {"c", "3"}});
  LabelsBuilder builder(base);
  builder.Set("a", "x").Delete("b").Set("d", "4").Delete("none");
  EXPECT_EQ(builder.Build(), Labels::Of({{"__name__", "up"}, {"a", "x"}, {"c", "3"}, {"d", "4"}}));
  const std::vector<std::string> names = {"c", "d", "none"};
  EXPECT_EQ(LabelsBuilder(builder).Keep(names).Build(), Labels::Of({{"c", "3"}, {"d", "4"}}));
  EXPECT_EQ(LabelsBuilder(builder).DeleteAll(names).Build(),
            Labels::Of({{"__name__", "up"}, {"a", "x"}}));
  EXPECT_EQ(base.Get("a"), "1");
}

}  // namespace
}  // namespace syspulse::promql
