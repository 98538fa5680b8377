#include "services/collect/storage/dmmultipath_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/services/collect/collected_values.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

class DmMultipathCollectorTest : public ::testing::Test {
 protected:
  FixtureTree tree_;
  ProcFs procfs_{tree_.roots()};
  DmMultipathCollector collector_{&procfs_};
};

TEST_F(DmMultipathCollectorTest, CountsPathsByWhetherTheyWork) {
  const auto values = CollectedValues(&collector_);
  EXPECT_EQ(values.at("node_dmmultipath_device_info{mpatha,dm-4,"
                      "mpath-3600508b400105e210000900000490000,}"),
            1);
  EXPECT_EQ(values.at("node_dmmultipath_device_active{mpatha,dm-4,}"), 1);
  EXPECT_EQ(values.at("node_dmmultipath_device_size_bytes{mpatha,dm-4,}"), 107374182400);
  EXPECT_EQ(values.at("node_dmmultipath_device_paths{mpatha,dm-4,}"), 3);
  EXPECT_EQ(values.at("node_dmmultipath_device_paths_active{mpatha,dm-4,}"), 2);
  EXPECT_EQ(values.at("node_dmmultipath_device_paths_failed{mpatha,dm-4,}"), 1);
  EXPECT_EQ(values.at("node_dmmultipath_path_state{mpatha,sdj,offline,}"), 1);
  EXPECT_EQ(values.at("node_dmmultipath_path_state{mpatha,nvme5n1,live,}"), 1);
}

TEST_F(DmMultipathCollectorTest, ADiskWithoutPathsHasNone) {
  const auto values = CollectedValues(&collector_);
  EXPECT_EQ(values.at("node_dmmultipath_device_active{mpathb,dm-6,}"), 0);
  EXPECT_EQ(values.at("node_dmmultipath_device_paths{mpathb,dm-6,}"), 0);
  EXPECT_EQ(values.size(), 9U + 6U);  // none of the logical volume
}

TEST_F(DmMultipathCollectorTest, WithoutTheStateOfAPathNobodyKnowsHowManyAreActive) {
  tree_.Remove("sys/block/sdj/device");
  tree_.Write("sys/block/dm-4/size", "many\n");
  const auto values = CollectedValues(&collector_);
  EXPECT_EQ(values.at("node_dmmultipath_device_paths{mpatha,dm-4,}"), 3);
  EXPECT_FALSE(values.contains("node_dmmultipath_device_paths_active{mpatha,dm-4,}"));
  EXPECT_FALSE(values.contains("node_dmmultipath_device_paths_failed{mpatha,dm-4,}"));
  EXPECT_TRUE(values.contains("node_dmmultipath_path_state{mpatha,sdi,running,}"));
  EXPECT_FALSE(values.contains("node_dmmultipath_device_size_bytes{mpatha,dm-4,}"));
}

TEST_F(DmMultipathCollectorTest, AHostWithoutDisksFails) {
  tree_.Remove("sys/block");
  MetricWriter writer;
  EXPECT_THAT(collector_.Collect(&writer), StatusIs(absl::StatusCode::kNotFound, testing::_));
}

}  // namespace
}  // namespace syspulse
