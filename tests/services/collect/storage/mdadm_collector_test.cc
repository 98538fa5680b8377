#include "services/collect/storage/mdadm_collector.h"

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

std::string Mdstat(const std::string& arrays) {
  return "Personalities : [raid1]\n" + arrays + "unused devices: <none>\n";
}

TEST(ParseMdstat, ReadsArraysWithAndWithoutRedundancy) {
  const std::string text = Mdstat(
      "md0 : active raid1 sdb1[1] sda1[0]\n      100 blocks super 1.2 [2/1] [_U]\n      \n"
      "md1 : active (read-only) raid0 sdc[1] sdd[0]\n      200 blocks 64k chunks\n\n");
  const auto arrays = ParseMdstat(text);
  ASSERT_THAT(arrays, IsOk());
  EXPECT_THAT(*arrays, ElementsAre(MdArray{.name = "md0",
                                           .state = "active",
                                           .disks_required = 2,
                                           .disks_active = 1,
                                           .blocks = 100,
                                           .blocks_synced = 100},
                                   MdArray{.name = "md1",
                                           .state = "active",
                                           .disks_required = 2,
                                           .disks_active = 2,
                                           .blocks = 200,
                                           .blocks_synced = 200}));
}

TEST(ParseMdstat, CountsFailedAndSpareDisksOfAnInactiveArray) {
  const std::string text =
      Mdstat("md4 : inactive sda3[0](F) sdb3[1](S) sdc3[2](S)\n  50 blocks super external:imsm\n");
  const auto arrays = ParseMdstat(text);
  ASSERT_THAT(arrays, IsOk());
  EXPECT_THAT(*arrays, ElementsAre(MdArray{.name = "md4",
                                           .state = "inactive",
                                           .disks_failed = 1,
                                           .disks_spare = 2,
                                           .blocks = 50,
                                           .blocks_synced = 50}));
}

TEST(ParseMdstat, SaysHowFarAnActionIs) {
  const std::string array = "md0 : active raid1 b[1] a[0]\n 100 blocks [2/2] [UU]\n";
  const struct {
    std::string line;
    std::string state;
    std::uint64_t synced;
  } cases[] = {
      {"[=>..]  recovery =  8.5% (8/100) finish=17.0min speed=25K/sec\n", "recovery", 8},
      {"[=>..]  resync = 8.5% (9/100) finish=17.0min speed=25K/sec\n", "resync", 9},
      {"[=>..]  check =  8.5% (10/100) finish=17.0min speed=25K/sec\n", "check", 10},
      {"[=>..]  reshape =  8.5% (11/100) finish=17.0min speed=25K/sec\n", "reshape", 11},
      {"resync=DELAYED\n", "resync", 0},
      {"recovery=PENDING\n", "recovery", 0},
      {"bitmap: 0/30 pages [0KB], 65536KB chunk\n", "active", 100},
  };
  for (const auto& [line, state, synced] : cases) {
    const std::string text = Mdstat(array + "      " + line + "\n");
    const auto arrays = ParseMdstat(text);
    ASSERT_THAT(arrays, IsOk()) << line;
    EXPECT_EQ(arrays->at(0).state, state);
    EXPECT_EQ(arrays->at(0).blocks_synced, synced);
  }
}

TEST(ParseMdstat, AHostWithoutArraysHasNone) {
  const auto arrays = ParseMdstat("Personalities : \nunused devices: <none>\n");
  ASSERT_THAT(arrays, IsOk());
  EXPECT_THAT(*arrays, IsEmpty());
}

TEST(ParseMdstat, RefusesOtherLines) {
  const std::string raid1 = "md0 : active raid1 b[1] a[0]\n";
  for (const std::string& text :
       {std::string(), std::string("\n"), Mdstat("md0\n"), Mdstat("md0 : on raid1 a[0]\n"),
        Mdstat(raid1), Mdstat(raid1 + "  many blocks [2/2] [UU]\n"), Mdstat("  100 blocks\n"),
        Mdstat(raid1 + "  100 blocks [2/x] [UU]\n"), raid1 + "  100 blocks [2/2] [UU]\n",
        Mdstat(raid1 + "  1 blocks [2/2] [UU]\n  check = 1% (x/2)\n"),
        Mdstat(raid1 + "  1 blocks [2/2] [UU]\n  resync=\n"),
        Mdstat("md0 : active raid1 raid5 a[0]\n  1 blocks [1/1] [U]\n")}) {
    EXPECT_THAT(ParseMdstat(text), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("mdstat")))
        << text;
  }
}

TEST(ParseRaidDisks, TakesTheNewNumberWhileAnArrayIsReshaped) {
  EXPECT_EQ(ParseRaidDisks("11"), 11U);
  EXPECT_EQ(ParseRaidDisks("11 (10)"), 11U);
  EXPECT_EQ(ParseRaidDisks(""), std::nullopt);
  EXPECT_EQ(ParseRaidDisks("(10)"), std::nullopt);
}

TEST(MdadmCollector, SaysWhatTheFixtureHostHas) {
  const FixtureTree tree;
  const ProcFs procfs(tree.roots());
  MdadmCollector collector(&procfs);
  const auto values = CollectedValues(&collector);
  EXPECT_EQ(values.at("node_md_state{md1,recovering,}"), 1);
  EXPECT_EQ(values.at("node_md_state{md1,active,}"), 0);
  EXPECT_EQ(values.at("node_md_blocks_synced{md1,}"), 246126592);
  EXPECT_EQ(values.at("node_md_disks{md1,failed,}"), 1);
  EXPECT_EQ(values.at("node_md_raid_disks{md4,}"), 4);
  EXPECT_EQ(values.at("node_md_degraded{md1,}"), 1);
  EXPECT_EQ(values.at("node_md_degraded{md3,}"), 0);
  EXPECT_FALSE(values.contains("node_md_raid_disks{md127,}"));
}

TEST(MdadmCollector, LeavesOutWhatCannotBeReadAndNothingElse) {
  const FixtureTree tree;
  tree.Remove("sys/block/md0/md");
  tree.Write("sys/block/md1/md/degraded", "1");  // cut: may be 12
  tree.Remove("sys/block/md2/md/raid_disks");
  const ProcFs procfs(tree.roots());
  MdadmCollector collector(&procfs);
  const auto values = CollectedValues(&collector);
  EXPECT_TRUE(values.contains("node_md_blocks{md0,}"));
  EXPECT_FALSE(values.contains("node_md_raid_disks{md0,}"));
  EXPECT_FALSE(values.contains("node_md_degraded{md0,}"));
  EXPECT_FALSE(values.contains("node_md_degraded{md1,}"));
  EXPECT_FALSE(values.contains("node_md_raid_disks{md2,}"));
  EXPECT_TRUE(values.contains("node_md_degraded{md2,}"));
}

TEST(MdadmCollector, AHostWithoutMdHasNoFile) {
  const FixtureTree tree;
  tree.Remove("proc/mdstat");
  const ProcFs procfs(tree.roots());
  MdadmCollector collector(&procfs);
  MetricWriter writer;
  EXPECT_THAT(collector.Collect(&writer),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("No such file")));
}

}  // namespace
}  // namespace syspulse
