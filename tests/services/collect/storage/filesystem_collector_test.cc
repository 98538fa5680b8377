#include "services/collect/storage/filesystem_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/services/collect/posix_regex.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ParseMountInfo, ResolvesEscapesAndSkipsOptionalFields) {
  const auto mounts = ParseMountInfo(
      "28 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
      "31 28 0:40 / /a\\040b\\011c\\134d\\x rw shared:1 master:2 - nfs4 server:/x\\040y rw\n");
  ASSERT_THAT(mounts, IsOk());
  EXPECT_THAT(*mounts, ElementsAre(Mount{"/dev/sda1", "/", "ext4"},
                                   Mount{"server:/x y", "/a b\tc\\d\\x", "nfs4"}));
}

TEST(ParseMountInfo, ShowsOnlyTheUppermostMountOfAPlace) {
  const auto mounts = ParseMountInfo(
      "1 0 0:1 / /m rw - ext4 under rw\n2 0 0:2 / /n rw - ext4 n rw\n"
      "3 1 0:3 / /m rw - tmpfs over rw\n");
  ASSERT_THAT(mounts, IsOk());
  EXPECT_THAT(*mounts, ElementsAre(Mount{"over", "/m", "tmpfs"}, Mount{"n", "/n", "ext4"}));
}

TEST(ParseMountInfo, RefusesOtherLines) {
  for (const char* text :
       {"", "\n", "1 0 0:1 / /m rw ext4 dev rw\n", "1 0 0:1 / m rw - ext4 d rw\n",
        "1 0 0:1 / /m rw - ext4 d rw", "1 0 0:1 / /m rw - \n"}) {
    EXPECT_THAT(ParseMountInfo(text), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("mountinfo")))
        << text;
  }
}

TEST(IsExcludedMountPoint, IsTheDefaultOfNodeExporter) {
  const char* const pattern =
      "^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)";
  for (const char* path :
       {"/", "/dev", "/dev/shm", "/device", "/proc", "/process/x", "/sys/fs", "/run", "/run/user/1",
        "/run/credentials", "/run/credentials/", "/run/credentials/x", "/var/lib/docker",
        "/var/lib/docker/x/y", "/var/lib/dockers/x", "/var/lib/containers/storage/o/m", "/home"}) {
    EXPECT_EQ(IsExcludedMountPoint(path), Matches(pattern, path)) << path;
  }
}

TEST(IsExcludedFilesystem, LeavesOutWhatStoresNothing) {
  for (const char* type : {"proc", "sysfs", "cgroup2", "overlay", "squashfs", "tracefs"}) {
    EXPECT_TRUE(IsExcludedFilesystem(type)) << type;
  }
  for (const char* type : {"ext4", "xfs", "btrfs", "nfs4", "tmpfs", "vfat", "zfs", "", "cgroup3"}) {
    EXPECT_FALSE(IsExcludedFilesystem(type)) << type;
  }
}

TEST(WithoutRoot, SaysWhereTheHostSeesAMount) {
  EXPECT_EQ(WithoutRoot("/home", "/"), "/home");
  EXPECT_EQ(WithoutRoot("/host", "/host"), "/");
  EXPECT_EQ(WithoutRoot("/host/home", "/host/"), "/home");
  EXPECT_EQ(WithoutRoot("/hostile", "/host"), "/hostile");
}

}  // namespace
}  // namespace syspulse
