#include "services/collect/storage/diskstats_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/collect/collector_settings.h"
#include "services/collect/storage/udev_database.h"
#include "tests/services/collect/collected_values.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

TEST(ParseDiskstats, KnowsHowManyFieldsTheKernelHas) {
  const auto disks = ParseDiskstats(
      "8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n"
      "8 16 sdb 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19\n");
  ASSERT_THAT(disks, IsOk());
  EXPECT_EQ((*disks)[0].value_count, 11U);
  EXPECT_EQ((*disks)[1].value_count, kDiskFields);
  EXPECT_EQ((*disks)[1].values[16], 17U);
}

TEST(ParseDiskstats, AcceptsAMachineWithoutDisks) { EXPECT_THAT(*ParseDiskstats(""), IsEmpty()); }

TEST(ParseDiskstats, RefusesOtherLines) {
  for (const char* text :
       {"8 0 sda 1 2 3 4 5 6 7 8 9 10\n", "8 x sda 1\n", "8 0\n", "\n",
        "8 0 sda 1 2 3 4 5 6 7 8 9 10 -11\n", "8 0 sda 1 2 3 4 5 6 7 8 9 10 1"}) {
    EXPECT_THAT(ParseDiskstats(text), StatusIs(kDataLoss, HasSubstr("/proc/diskstats"))) << text;
  }
}

TEST(ParseUdev, PrefersTheSerialThatIsPrintedOnTheDisk) {
  EXPECT_EQ(ParseUdev("E:ID_SERIAL=long\nE:ID_SERIAL_SHORT=short\n").serial, "short");
  EXPECT_EQ(ParseUdev("E:ID_SERIAL=long\nE:SCSI_IDENT_SERIAL=label\n").serial, "label");
  EXPECT_EQ(ParseUdev("S:ID_SERIAL=no\nE:ID_MODEL=a=b\n"), (DiskIdentity{.model = "a=b"}));
}

TEST(ParseUdev, KnowsTheFilesystemAndTheVolume) {
  const DiskIdentity identity = ParseUdev(
      "E:DM_NAME=vg-root\nE:DM_UUID=LVM-1\nE:DM_VG_NAME=vg\nE:DM_LV_NAME=root\n"
      "E:ID_FS_TYPE=ext4\nE:ID_FS_USAGE=filesystem\nE:ID_FS_UUID=u-1\nE:ID_FS_VERSION=1.0\nE:ID_P");
  EXPECT_EQ(identity, (DiskIdentity{.filesystem_type = "ext4",
                                    .filesystem_usage = "filesystem",
                                    .filesystem_uuid = "u-1",
                                    .filesystem_version = "1.0",
                                    .mapper_name = "vg-root",
                                    .mapper_uuid = "LVM-1",
                                    .volume_group = "vg",
                                    .logical_volume = "root"}));
}

TEST(ParseUdev, BelievesAtaDisksOnly) {
  const std::string ata = "E:ID_ATA_WRITE_CACHE=1\nE:ID_ATA_ROTATION_RATE_RPM=fast\n";
  EXPECT_EQ(ParseUdev("E:ID_ATA=1\n" + ata), (DiskIdentity{.has_write_cache = 1}));
  EXPECT_EQ(ParseUdev(ata), DiskIdentity());
}

class DiskstatsTest : public ::testing::Test {
 protected:
  FixtureTree tree_;
  ProcFs procfs_{tree_.roots()};
  DiskstatsCollector collector_{&procfs_, CollectorSettings().disk_devices};
};

TEST_F(DiskstatsTest, SaysWhatTheDisksAre) {
  const auto values = CollectedValues(&collector_);
  EXPECT_EQ(values.at("node_disk_info{sda,8,0,pci-0000:00:17.0-ata-1,0x5000c500a1b2c3d4,"
                      "ST2000DM008-2FR102,ZFL0AAAA,0001,1,}"),
            1);
  EXPECT_EQ(values.at("node_disk_ata_rotation_rate_rpm{sda,}"), 7200);
  EXPECT_EQ(values.at("node_disk_ata_write_cache_enabled{sda,}"), 0);
  EXPECT_EQ(values.at("node_disk_device_mapper_info{dm-0,vg0-srv,LVM-Ab12,vg0,srv,,}"), 1);
  EXPECT_EQ(values.at("node_disk_filesystem_info{dm-0,xfs,filesystem,77f1-02,,}"), 1);
  EXPECT_TRUE(values.contains("node_disk_info{sr0,11,0,,,,,,0,}"));
  EXPECT_FALSE(values.contains("node_disk_io_now{sda1,}"));
}

TEST_F(DiskstatsTest, DevicesAreChosenByTheFilter) {
  DiskstatsCollector chosen(&procfs_, NameFilter::Including("^sda1$"));
  const auto values = CollectedValues(&chosen);
  EXPECT_TRUE(values.contains("node_disk_io_now{sda1,}"));
  EXPECT_FALSE(values.contains("node_disk_io_now{sda,}"));
}

TEST_F(DiskstatsTest, NamesWithASlashAreFoundInSysfs) {
  tree_.Write("proc/diskstats", "104 0 cciss/c0d0 1 2 3 4 5 6 7 8 9 10 11\n");
  tree_.Write("sys/block/cciss!c0d0/queue/rotational", "1\n");
  EXPECT_TRUE(CollectedValues(&collector_).contains("node_disk_info{cciss/c0d0,104,0,,,,,,1,}"));
}

TEST_F(DiskstatsTest, ADiskThatIsFormattedIsSeenWithinAMinute) {
  const std::string info = "node_disk_filesystem_info{sda,btrfs,,,,}";
  CollectedValues(&collector_);
  tree_.Write("rootfs/run/udev/data/b8:0", "E:ID_FS_TYPE=btrfs\n");
  int seconds = 1;
  while (seconds < 100 && !CollectedValues(&collector_).contains(info)) ++seconds;
  EXPECT_LE(seconds, 60);
  EXPECT_GT(seconds, 10);
}

}  // namespace
}  // namespace syspulse
