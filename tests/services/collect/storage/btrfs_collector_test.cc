#include "services/collect/storage/btrfs_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/services/collect/collected_values.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kUuid = "3f0a8c1e-52d4-4b7e-9a61-0c2f7d1b9e44";
constexpr const char* kCommitStats =
    "sys/fs/btrfs/3f0a8c1e-52d4-4b7e-9a61-0c2f7d1b9e44/commit_stats";

TEST(ParseBtrfsCommits, ReadsTheFour) {
  const auto commits =
      ParseBtrfsCommits("commits 1\nlast_commit_ms 2\nmax_commit_ms 3\ntotal_commit_ms 4\nnew 5\n");
  ASSERT_THAT(commits, IsOk());
  EXPECT_EQ(*commits, (BtrfsCommits{1, 2, 3, 4}));
}

TEST(ParseBtrfsCommits, RefusesOtherLines) {
  for (const char* text :
       {"", "commits 1", "commits 1\n", "commits\n", "commits one\n", "commits 1 2\n", "\n"}) {
    EXPECT_THAT(ParseBtrfsCommits(text),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("commit_stats")))
        << text;
  }
}

TEST(AllocationRatio, DependsOnTheLayoutAndTheDevices) {
  EXPECT_EQ(AllocationRatio("single", 1), 1);
  EXPECT_EQ(AllocationRatio("raid10", 4), 2);
  EXPECT_EQ(AllocationRatio("raid1c4", 4), 4);
  EXPECT_EQ(AllocationRatio("raid5", 4), 4.0 / 3);
  EXPECT_EQ(AllocationRatio("raid6", 4), 2);
  EXPECT_EQ(AllocationRatio("raid5", 1), std::nullopt);
  EXPECT_EQ(AllocationRatio("raid6", 0), std::nullopt);
  EXPECT_EQ(AllocationRatio("raid9", 4), std::nullopt);
}

class BtrfsCollectorTest : public ::testing::Test {
 protected:
  static std::string Key(const std::string& family, const std::string& labels = "") {
    return family + "{" + kUuid + "," + labels + "}";
  }

  FixtureTree tree_;
  ProcFs procfs_{tree_.roots()};
  BtrfsCollector collector_{&procfs_};
};

TEST_F(BtrfsCollectorTest, SaysWhatTheFixtureHostHas) {
  const auto values = CollectedValues(&collector_);
  EXPECT_EQ(values.at(Key("node_btrfs_info", "backup,")), 1);
  EXPECT_EQ(values.at(Key("node_btrfs_commit_seconds_total")), 47836.09);
  EXPECT_EQ(values.at(Key("node_btrfs_device_size_bytes", "sdp,")), 1073741824);
  EXPECT_EQ(values.at(Key("node_btrfs_used_bytes", "data,raid5,")), 808189952);
  EXPECT_EQ(values.at(Key("node_btrfs_allocation_ratio", "data,raid5,")), 1.5);
  EXPECT_EQ(values.at(Key("node_btrfs_reserved_bytes", "metadata,")), 16384);
  EXPECT_FALSE(values.contains(Key("node_btrfs_size_bytes", "data,empty,")));
}

TEST_F(BtrfsCollectorTest, OlderKernelsCountNoCommits) {
  tree_.Remove(kCommitStats);
  const auto values = CollectedValues(&collector_);
  EXPECT_FALSE(values.contains(Key("node_btrfs_commits_total")));
  EXPECT_TRUE(values.contains(Key("node_btrfs_global_rsv_size_bytes")));
}

TEST_F(BtrfsCollectorTest, AFilesystemNeedsNoLabel) {
  tree_.Write("sys/fs/btrfs/" + std::string(kUuid) + "/label", "");
  EXPECT_EQ(CollectedValues(&collector_).at(Key("node_btrfs_info", ",")), 1);
}

TEST_F(BtrfsCollectorTest, ABrokenFileLeavesNothingHalfSaid) {
  tree_.Write(kCommitStats, "commits many\n");
  MetricWriter writer;
  EXPECT_THAT(collector_.Collect(&writer),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("commits many")));
  EXPECT_THAT(writer.Finish()->values, IsEmpty());
}

TEST_F(BtrfsCollectorTest, AHostWithoutBtrfsHasNothingToSay) {
  tree_.Remove("sys/fs/btrfs");
  EXPECT_THAT(CollectedValues(&collector_), IsEmpty());
}

}  // namespace
}  // namespace syspulse
