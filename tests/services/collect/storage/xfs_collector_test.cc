#include "services/collect/storage/xfs_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/services/collect/collected_values.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(ParseXfsStats, ReadsPublishedLinesOnly) {
  const auto stats = ParseXfsStats("rw 1 2\ngc xpc 5\ntrans a b\nabt 3 4 5 4294967295 6\n");
  ASSERT_THAT(stats, IsOk());
  EXPECT_THAT(*stats, ElementsAre(Pair("abt", ElementsAre(3, 4, 5, 4294967295, 6)),
                                  Pair("rw", ElementsAre(1, 2))));
}

TEST(ParseXfsStats, RefusesOtherLines) {
  for (const char* text : {"", "rw 1 2", "rw 1\n", "rw\n", "rw 1 x\n", "rw 1 -2\n"}) {
    EXPECT_THAT(ParseXfsStats(text), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("xfs")))
        << text;
  }
}

class XfsCollectorTest : public ::testing::Test {
 protected:
  FixtureTree tree_;
  ProcFs procfs_{tree_.roots()};
  XfsCollector collector_{&procfs_};
};

TEST_F(XfsCollectorTest, SaysWhatEachFilesystemDid) {
  const auto values = CollectedValues(&collector_);
  EXPECT_EQ(values.at("node_xfs_extent_allocation_blocks_freed_total{nvme0n1p1,}"), 93751);
  EXPECT_EQ(values.at("node_xfs_read_calls_total{nvme0n1p1,}"), 94045);
  EXPECT_EQ(values.at("node_xfs_write_calls_total{nvme0n1p1,}"), 107739);
  EXPECT_EQ(values.at("node_xfs_inode_operation_attribute_changes_total{dm-0,}"), 4294967295);
  EXPECT_EQ(values.at("node_xfs_vnode_remove_total{dm-0,}"), 31);
}

TEST_F(XfsCollectorTest, FilesystemsThatWentAwayAreLeftOut) {
  tree_.Remove("sys/fs/xfs/dm-0/stats/stats");
  tree_.Write("sys/fs/xfs/stats/stats", "rw 1 2\n");  // of all of them together; has no directory
  const auto values = CollectedValues(&collector_);
  EXPECT_TRUE(values.contains("node_xfs_read_calls_total{nvme0n1p1,}"));
  EXPECT_FALSE(values.contains("node_xfs_read_calls_total{dm-0,}"));
  EXPECT_FALSE(values.contains("node_xfs_read_calls_total{stats,}"));
}

TEST_F(XfsCollectorTest, ABrokenFileLeavesNothingHalfSaid) {
  tree_.Write("sys/fs/xfs/nvme0n1p1/stats/stats", "rw 1\n");
  MetricWriter writer;
  EXPECT_THAT(collector_.Collect(&writer), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("xfs")));
  EXPECT_THAT(writer.Finish()->values, IsEmpty());
}

TEST_F(XfsCollectorTest, AHostWithoutXfsHasNothingToSay) {
  tree_.Remove("sys/fs/xfs");
  EXPECT_THAT(CollectedValues(&collector_), IsEmpty());
}

}  // namespace
}  // namespace syspulse
