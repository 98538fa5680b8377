#include "services/api/snapshot_mask.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/api/snapshot_view.h"
#include "tests/testing/frames.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using S = v1::Snapshot;

absl::StatusOr<SnapshotMask> MaskOf(const std::vector<std::string>& paths) {
  google::protobuf::FieldMask mask;
  for (const std::string& path : paths) mask.add_paths(path);
  return SnapshotMask::Create(mask);
}

TEST(SnapshotMask, EmptyAndStarWantEverything) {
  for (const SnapshotMask& mask : {SnapshotMask(), *MaskOf({}), *MaskOf({"cpu", "*"})}) {
    EXPECT_TRUE(mask.Wants(S::kHostFieldNumber));
    EXPECT_TRUE(mask.Wants(S::kTopProcessesFieldNumber));
    S snapshot;
    snapshot.set_host("hosts/a");
    mask.Apply(&snapshot);
    EXPECT_EQ(snapshot.host(), "hosts/a");
  }
}

TEST(SnapshotMask, KeepsWhatItNamesAndNothingElse) {
  const auto mask = MaskOf({"memory.utilization_ratio", "disks", "memory.total_bytes"});
  ASSERT_THAT(mask, IsOk());
  EXPECT_TRUE(mask->Wants(S::kMemoryFieldNumber));
  EXPECT_FALSE(mask->Wants(S::kCpuFieldNumber));
  S snapshot;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(host: "hosts/a" memory { total_bytes: 0 used_bytes: 2 utilization_ratio: 0.5 }
         disks { device: "sda" } load { one_minute: 1 })",
      &snapshot));
  mask->Apply(&snapshot);
  EXPECT_EQ(snapshot.ShortDebugString(),
            R"(memory { total_bytes: 0 utilization_ratio: 0.5 } disks { device: "sda" })");
}

TEST(SnapshotMask, RefusesPathsThatAreNoFields) {
  for (const char* path : {"cpus", "cpu.speed", "disks.device", "", "cpu.", "host.name"}) {
    EXPECT_THAT(MaskOf({"load", path}), StatusIs(absl::StatusCode::kInvalidArgument,
                                                 HasSubstr("no field '" + std::string(path) + "'")))
        << path;
  }
  EXPECT_THAT(MaskOf(std::vector<std::string>(257, "cpu")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("257 paths")));
}

TEST(SnapshotMask, ViewComputesOnlyWhatIsWanted) {
  const auto host = std::make_shared<const Host>(Host{.id = "a"});
  const FramePtr frame = FrameOf(
      "a", "system", absl::FromUnixSeconds(1),
      {{"node_load1", {}, 1}, {"node_load5", {}, 2}, {"node_memory_MemTotal_bytes", {}, 3}});
  const v1::Snapshot snapshot =
      SnapshotView().Make({.host = host, .system = frame}, *MaskOf({"host", "load.one_minute"}));
  EXPECT_EQ(snapshot.ShortDebugString(), R"(host: "hosts/a" load { one_minute: 1 })");
}

}  // namespace
}  // namespace syspulse
