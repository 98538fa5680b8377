#include "services/collect/metric_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;

constexpr Family kLoad{"load", MetricType::kGauge, "", "Load."};
constexpr Family kReads{"reads", MetricType::kCounter, "", "Reads.", {"device"}};
constexpr Family kWrites{"writes", MetricType::kCounter, "", "Writes.", {"device"}};

TEST(MetricWriter, KeepsTheSchemaWhileTheSeriesStayTheSame) {
  MetricWriter writer;
  writer.Add(kLoad, 1);
  writer.Add(kReads, 2, "sda");
  const auto first = writer.Finish();
  writer.Add(kLoad, 3);
  writer.Add(kReads, 4, "sda");
  const auto second = writer.Finish();
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(first->schema, second->schema);
  EXPECT_THAT(second->values, ElementsAre(3, 4));
}

TEST(MetricWriter, BuildsASchemaWhenASeriesComesGoesOrChanges) {
  MetricWriter writer;
  writer.Add(kReads, 1, "sda");
  const SchemaPtr one = writer.Finish()->schema;
  writer.Add(kReads, 1, "sda");
  writer.Add(kReads, 2, "sdb");
  const auto two = writer.Finish();
  EXPECT_NE(two->schema->id(), one->id());
  EXPECT_THAT(two->values, ElementsAre(1, 2));
  writer.Add(kReads, 3, "sdb");
  const auto three = writer.Finish();
  EXPECT_THAT(three->schema->series(), ElementsAre(Series{0, {"sdb"}}));
  EXPECT_THAT(three->values, ElementsAre(3));
  writer.Add(kReads, 4, "sda");
  EXPECT_EQ(writer.Finish()->schema->id(), one->id());
}

TEST(MetricWriter, TakesTheSeriesOfAFamilyInAnyOrder) {
  MetricWriter writer;
  writer.Add(kReads, 1, "sda");
  writer.Add(kWrites, 2, "sda");
  writer.Add(kReads, 3, "sdb");
  writer.Add(kWrites, 4, "sdb");
  const auto tick = writer.Finish();
  ASSERT_THAT(tick, IsOk());
  EXPECT_EQ(tick->schema->families().size(), 2U);
  EXPECT_THAT(tick->values, ElementsAre(1, 2, 3, 4));
}

TEST(MetricWriter, KeepsTheFirstOfASeriesThatStandsTwice) {
  MetricWriter writer;
  for (int tick = 0; tick < 2; ++tick) {
    writer.Add(kReads, 1, "sda");
    writer.Add(kReads, 2, "sda");
    writer.Add(kReads, 3, "sdb");
    const auto result = writer.Finish();
    ASSERT_THAT(result, IsOk());
    EXPECT_THAT(result->values, ElementsAre(1, 3));
  }
}

TEST(MetricWriter, LeavesOutAFamilyThatContradictsAnother) {
  constexpr Family kOther{"reads", MetricType::kGauge, "", "Something else.", {"device"}};
  MetricWriter writer;
  writer.Add(kReads, 1, "sda");
  writer.Add(kOther, 2, "sda");
  EXPECT_THAT(writer.Finish()->values, ElementsAre(1));
}

TEST(MetricWriter, MakesLabelValuesValidUtf8AndStillSeesThemAsTheSame) {
  MetricWriter writer;
  writer.Add(kReads, 1, "caf\xe9");
  const auto first = writer.Finish();
  EXPECT_THAT(first->schema->series(), ElementsAre(Series{0, {"caf\xef\xbf\xbd"}}));
  writer.Add(kReads, 2, "caf\xe9");
  EXPECT_EQ(writer.Finish()->schema, first->schema);
}

TEST(MetricWriter, HasAnEmptySchemaForAnEmptyTick) {
  MetricWriter writer;
  const auto tick = writer.Finish();
  ASSERT_THAT(tick, IsOk());
  EXPECT_TRUE(tick->schema->series().empty());
}

TEST(MetricWriter, SaysSoWhenANameBreaksTheRulesAndRecovers) {
  constexpr Family kBad{"not a name", MetricType::kGauge, "", ""};
  MetricWriter writer;
  writer.Add(kBad, 1);
  EXPECT_FALSE(writer.Finish().ok());
  writer.Add(kLoad, 1);
  EXPECT_THAT(writer.Finish(), IsOk());
}

TEST(MetricWriter, TakesLabelsMadeAtRunTime) {
  const std::vector<std::string_view> names = {"path", "zone"};
  const Family family{.name = "made", .label_names = {"device"}, .more_label_names = names};
  MetricWriter writer;
  writer.Add(family, 1, "sda", "/", "north");
  const auto tick = writer.Finish();
  ASSERT_THAT(tick, IsOk());
  EXPECT_EQ(tick->schema->families()[0].label_names,
            (std::vector<std::string>{"device", "path", "zone"}));
}

TEST(MetricWriter, TellsFamiliesThatHaveTheSameAddressOneAfterTheOther) {
  MetricWriter writer;
  Family family{.name = "before"};
  const auto read = [&] {
    writer.Add(kLoad, 1);
    writer.Forget();
    writer.Add(family, 2);
    return writer.Finish()->schema;
  };
  EXPECT_EQ(read()->families()[1].name, "before");
  family.name = "after";
  EXPECT_EQ(read()->families()[1].name, "after");
}

TEST(DynamicFamilies, HaveLabels) {
  DynamicFamilies families;
  MetricWriter writer;
  const auto make = [] { return DynamicFamilies::Text{.name = "a", .label_names = {"pool"}}; };
  writer.Add(families.Get("key", make), 1, "tank");
  EXPECT_THAT(writer.Finish(), IsOk());
}

TEST(DynamicFamilies, KeepOneFamilyForEachKey) {
  DynamicFamilies families;
  int made = 0;
  const auto make = [&] {
    ++made;
    return DynamicFamilies::Text{.name = "a"};
  };
  const Family* first = &families.Get("key", make);
  for (int i = 0; i < 100; ++i) families.Get(std::to_string(i), make);
  EXPECT_EQ(&families.Get("key", make), first);
  EXPECT_EQ(made, 101);
}

}  // namespace
}  // namespace syspulse
