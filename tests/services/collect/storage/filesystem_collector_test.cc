#include "services/collect/storage/filesystem_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <map>
#include <string>
#include <vector>

#include "tests/services/collect/collected_values.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/fake_clock.h"
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
  EXPECT_THAT(*mounts, ElementsAre(Mount{"/dev/sda1", "/", "ext4", "8", "1"},
                                   Mount{"server:/x y", "/a b\tc\\d\\x", "nfs4", "0", "40"}));
}

TEST(ParseMountInfo, ShowsOnlyTheUppermostMountOfAPlace) {
  const auto mounts = ParseMountInfo(
      "1 0 0:1 / /m rw - ext4 under rw\n2 0 0:2 / /n rw - ext4 n rw\n"
      "3 1 0:3 / /m rw - tmpfs over rw\n");
  ASSERT_THAT(mounts, IsOk());
  EXPECT_THAT(*mounts, ElementsAre(Mount{"over", "/m", "tmpfs", "0", "3"},
                                   Mount{"n", "/n", "ext4", "0", "2"}));
}

TEST(ParseMountInfo, RefusesOtherLines) {
  for (const char* text :
       {"", "\n", "1 0 0:1 / /m rw ext4 dev rw\n", "1 0 0:1 / m rw - ext4 d rw\n",
        "1 0 0:1 / /m rw - ext4 d rw", "1 0 0 / /m rw - ext4 d rw\n", "1 0 0:1 / /m rw - \n"}) {
    EXPECT_THAT(ParseMountInfo(text), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("mountinfo")))
        << text;
  }
}

TEST(ParseMountInfo, KnowsWhatIsReadOnlyAndTheDevice) {
  const auto mounts = ParseMountInfo(
      "1 0 8:17 / /a ro,relatime - ext4 a rw\n2 0 0:2 / /b rw - ext4 b rw,errors=remount-ro\n"
      "3 0 0:3 / /c rw - ext4 c ro\n4 0 0:4 / /d rw - ext4 d rw,emergency_ro\n");
  ASSERT_THAT(mounts, IsOk());
  EXPECT_EQ(mounts->at(0).major, "8");
  EXPECT_EQ(mounts->at(0).minor, "17");
  std::vector<bool> read_only;
  for (const Mount& mount : *mounts) read_only.push_back(mount.read_only);
  EXPECT_THAT(read_only, ElementsAre(true, false, true, true));
}

TEST(DeviceError, IsInTheWordsOfNodeExporter) {
  EXPECT_EQ(DeviceError(EIO), "input/output error");
  EXPECT_EQ(DeviceError(EACCES), "permission denied");
  EXPECT_EQ(DeviceError(ESTALE), "stale NFS file handle");
  EXPECT_EQ(DeviceError(ETIMEDOUT), "mountpoint timeout");
}

// Returns what the collector says with these settings, of filesystems of which /mnt/nfs fails.
std::map<std::string, double> CollectedWith(const CollectorSettings& settings) {
  const FixtureTree tree;
  const ProcFs procfs(tree.roots());
  FakeClock clock;
  FilesystemCollector collector(
      procfs, &clock, settings,
      [](const std::string& mount_point) {
        return FilesystemUsage{.error = mount_point == "/mnt/nfs" ? EIO : 0, .size_bytes = 10};
      },
      {.wait = absl::Seconds(30)});
  return CollectedValues(&collector);
}

TEST(FilesystemCollector, SaysWhyAFilesystemGaveNoAnswer) {
  const auto values = CollectedWith({});
  const std::string nfs = "files.example.org:/export one,/mnt/nfs,nfs4,input/output error,}";
  EXPECT_EQ(values.at("node_filesystem_device_error{" + nfs), 1);
  EXPECT_EQ(values.at("node_filesystem_readonly{" + nfs), 0);
  EXPECT_EQ(values.at("node_filesystem_device_error{/dev/sda1,/,ext4,,}"), 0);
  EXPECT_EQ(values.at("node_filesystem_readonly{/dev/sda2,/readonly,ext4,,}"), 1);
  EXPECT_EQ(values.at("node_filesystem_size_bytes{/dev/sda1,/,ext4,}"), 10);
  EXPECT_EQ(values.at("node_filesystem_mount_info{/dev/sda1,8,1,/,}"), 1);
}

TEST(FilesystemCollector, MountsAreChosenByTheFilters) {
  CollectorSettings settings;
  settings.mount_points = NameFilter::Including("^/(proc|readonly|run)");
  settings.filesystem_types = NameFilter::Excluding("^tmpfs$");
  const auto values = CollectedWith(settings);
  EXPECT_TRUE(values.contains("node_filesystem_size_bytes{proc,/proc,proc,}"));
  EXPECT_TRUE(values.contains("node_filesystem_size_bytes{/dev/sda2,/readonly,ext4,}"));
  EXPECT_FALSE(values.contains("node_filesystem_size_bytes{tmpfs,/run,tmpfs,}"));
  EXPECT_FALSE(values.contains("node_filesystem_size_bytes{/dev/sda1,/,ext4,}"));
}

TEST(WithoutRoot, SaysWhereTheHostSeesAMount) {
  EXPECT_EQ(WithoutRoot("/home", "/"), "/home");
  EXPECT_EQ(WithoutRoot("/host", "/host"), "/");
  EXPECT_EQ(WithoutRoot("/host/home", "/host/"), "/home");
  EXPECT_EQ(WithoutRoot("/hostile", "/host"), "/hostile");
}

}  // namespace
}  // namespace syspulse
