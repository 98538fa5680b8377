#include "services/collect/storage/btrfs_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/btrfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <string_view>

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

// Two devices, with ids that others had before.
class FakeBtrfs {
 public:
  bool is_btrfs = true;
  int error_of_stats = 0;  // errno, of the second device
  int asked = 0;           // for the filesystem

  int Ioctl(unsigned long request, void* arguments) {
    if (!is_btrfs) return Fail(ENOTTY);
    if (request == BTRFS_IOC_FS_INFO) {
      ++asked;
      auto* const info = static_cast<btrfs_ioctl_fs_info_args*>(arguments);
      info->max_id = 7;
      info->num_devices = 2;
      constexpr std::array<__u8, BTRFS_FSID_SIZE> kFsid = {0x3f, 0x0a, 0x8c, 0x1e, 0x52, 0xd4,
                                                           0x4b, 0x7e, 0x9a, 0x61, 0x0c, 0x2f,
                                                           0x7d, 0x1b, 0x9e, 0x44};
      std::ranges::copy(kFsid, info->fsid);
      return 0;
    }
    if (request == BTRFS_IOC_DEV_INFO) {
      auto* const info = static_cast<btrfs_ioctl_dev_info_args*>(arguments);
      if (info->devid != 1 && info->devid != 4) return Fail(ENODEV);
      info->uuid[0] = static_cast<__u8>(info->devid);
      info->total_bytes = 1'000 * info->devid;
      info->bytes_used = 300;
      std::ranges::copy(std::string_view(info->devid == 1 ? "/dev/sdp" : "sdq"), info->path);
      return 0;
    }
    if (request != BTRFS_IOC_GET_DEV_STATS) return Fail(EINVAL);
    auto* const stats = static_cast<btrfs_ioctl_get_dev_stats*>(arguments);
    if (stats->devid == 4 && error_of_stats != 0) return Fail(error_of_stats);
    EXPECT_EQ(stats->nr_items, 5U);
    EXPECT_EQ(stats->flags, 0U);  // else they would be reset
    for (__u64 i = 0; i < 5; ++i) stats->values[i] = 10 * stats->devid + i;
    return 0;
  }

 private:
  static int Fail(int error) {
    errno = error;
    return -1;
  }
};

class BtrfsCollectorTest : public ::testing::Test {
 protected:
  static std::string Key(const std::string& family, const std::string& labels = "") {
    return family + "{" + kUuid + "," + labels + "}";
  }

  // Mounts it three times; the first place is not there.
  void Mount() {
    std::string mounts;
    for (const char* place : {"/gone", "/mnt/backup", "/srv"}) {
      mounts += "30 1 0:40 / " + std::string(place) + " rw - btrfs /dev/sdp rw\n";
    }
    tree_.Write("proc/1/mountinfo", mounts);
    tree_.Write("rootfs/mnt/backup/file", "");
    tree_.Write("rootfs/srv/file", "");
  }

  FixtureTree tree_;
  ProcFs procfs_{tree_.roots()};
  FakeBtrfs btrfs_;
  BtrfsCollector collector_{&procfs_, [this](int, unsigned long request, void* arguments) {
                              return btrfs_.Ioctl(request, arguments);
                            }};
};

TEST_F(BtrfsCollectorTest, SaysWhatTheFixtureHostHas) {
  const auto values = CollectedValues(&collector_);
  EXPECT_EQ(values.at(Key("node_btrfs_info", "backup,")), 1);
  EXPECT_EQ(values.at(Key("node_btrfs_commit_seconds_total")), 47836.09);
  EXPECT_EQ(values.at(Key("node_btrfs_device_size_bytes", "sdp,,")), 1073741824);
  EXPECT_EQ(values.at(Key("node_btrfs_used_bytes", "data,raid5,")), 808189952);
  EXPECT_EQ(values.at(Key("node_btrfs_allocation_ratio", "data,raid5,")), 1.5);
  EXPECT_EQ(values.at(Key("node_btrfs_reserved_bytes", "metadata,")), 16384);
  EXPECT_FALSE(values.contains(Key("node_btrfs_size_bytes", "data,empty,")));
}

TEST_F(BtrfsCollectorTest, AMountedFilesystemIsAskedForItsDevices) {
  Mount();
  const auto values = CollectedValues(&collector_);
  const std::string sdp = "sdp,01000000-0000-0000-0000-000000000000,";
  const std::string sdq = "sdq,04000000-0000-0000-0000-000000000000,";
  EXPECT_EQ(values.at(Key("node_btrfs_device_size_bytes", sdp)), 1000);
  EXPECT_EQ(values.at(Key("node_btrfs_device_size_bytes", sdq)), 4000);
  EXPECT_EQ(values.at(Key("node_btrfs_device_unused_bytes", sdq)), 3700);
  EXPECT_EQ(values.at(Key("node_btrfs_device_errors_total", "write," + sdp)), 10);
  EXPECT_EQ(values.at(Key("node_btrfs_device_errors_total", "generation," + sdq)), 44);
  EXPECT_FALSE(values.contains(Key("node_btrfs_device_size_bytes", "sdp,,")));
  EXPECT_EQ(btrfs_.asked, 1);  // at the first mount point that can be opened
}

TEST_F(BtrfsCollectorTest, ADeviceThatGoesMeanwhileIsLeftOut) {
  Mount();
  btrfs_.error_of_stats = ENODEV;
  const auto values = CollectedValues(&collector_);
  EXPECT_TRUE(values.contains(
      Key("node_btrfs_device_size_bytes", "sdp,01000000-0000-0000-0000-000000000000,")));
  EXPECT_FALSE(values.contains(
      Key("node_btrfs_device_size_bytes", "sdq,04000000-0000-0000-0000-000000000000,")));
}

TEST_F(BtrfsCollectorTest, WithoutAnAnswerThereAreTheSizesOfSysfs) {
  Mount();
  btrfs_.error_of_stats = EIO;
  EXPECT_EQ(CollectedValues(&collector_).at(Key("node_btrfs_device_size_bytes", "sdp,,")),
            1073741824);
  btrfs_.is_btrfs = false;
  EXPECT_EQ(CollectedValues(&collector_).at(Key("node_btrfs_device_size_bytes", "sdp,,")),
            1073741824);
  tree_.Write("proc/1/mountinfo", "garbage\n");
  EXPECT_TRUE(CollectedValues(&collector_).contains(Key("node_btrfs_device_size_bytes", "sdp,,")));
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
