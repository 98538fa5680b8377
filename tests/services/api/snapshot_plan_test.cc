#include "services/api/snapshot_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

#include "tests/testing/frames.h"

namespace syspulse {
namespace {

SchemaPtr LoadSchema() { return SchemaOf({{"other", {}, 0}, {"node_load1", {}, 0}}); }

TEST(SnapshotPlan, KnowsTheColumnOfEachValue) {
  const SnapshotPlan plan =
      CompileSnapshotPlan(*SchemaOf({{"node_load1", {}, 0},
                                     {"node_disk_reads_completed_total", {{"device", "sdb"}}, 0},
                                     {"node_disk_reads_completed_total", {{"device", "sda"}}, 0},
                                     {"node_disk_written_bytes_total", {{"device", "sda"}}, 0}}));
  EXPECT_EQ(plan.scalars[kLoad1], 0);
  EXPECT_EQ(plan.scalars[kLoad5], kNoColumn);
  ASSERT_EQ(plan.disks.size(), 2U);
  EXPECT_EQ(plan.disks[0].key, "sda");
  EXPECT_EQ(plan.disks[0].columns[kDiskReads], 2);
  EXPECT_EQ(plan.disks[0].columns[kDiskWrittenBytes], 3);
  EXPECT_EQ(plan.disks[0].columns[kDiskReadBytes], kNoColumn);
  EXPECT_EQ(plan.disks[1].columns[kDiskReads], 1);
}

TEST(SnapshotPlans, CompilesASchemaOnce) {
  SnapshotPlans plans;
  const SchemaPtr schema = LoadSchema();
  EXPECT_EQ(plans.For(schema), plans.For(schema));
  EXPECT_EQ(plans.For(schema)->scalars[kLoad1], 1);
}

TEST(SnapshotPlans, KeepsNoSchemaAliveAndForgetsPlansOfDeadOnes) {
  SnapshotPlans plans;
  std::vector<std::weak_ptr<const SnapshotPlan>> seen;
  for (int i = 0; i < 1000; ++i) {
    const SchemaPtr schema = LoadSchema();  // often at the address of the one before
    EXPECT_EQ(plans.For(schema)->scalars[kLoad1], 1);
    seen.push_back(plans.For(schema));
    EXPECT_EQ(schema.use_count(), 1);
  }
  const auto alive = std::ranges::count_if(seen, [](const auto& plan) { return !plan.expired(); });
  EXPECT_LE(alive, 65);
}

TEST(SnapshotPlans, AddressThatIsUsedAgainIsAnotherSchema) {
  SnapshotPlans plans;
  for (int i = 0; i < 100; ++i) {
    SchemaPtr one = LoadSchema();
    EXPECT_EQ(plans.For(one)->scalars[kLoad1], 1);
    one.reset();
    const SchemaPtr other = SchemaOf({{"node_load5", {}, 0}});
    EXPECT_EQ(plans.For(other)->scalars[kLoad1], kNoColumn);
    EXPECT_EQ(plans.For(other)->scalars[kLoad5], 0);
  }
}

TEST(SnapshotPlans, ManyThreadsMayAskAtOnce) {
  SnapshotPlans plans;
  const SchemaPtr shared = LoadSchema();
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        EXPECT_EQ(plans.For(shared)->scalars[kLoad1], 1);
        EXPECT_EQ(plans.For(LoadSchema())->scalars[kLoad1], 1);
      }
    });
  }
}

}  // namespace
}  // namespace syspulse
