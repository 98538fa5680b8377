#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "services/api/snapshot_view.h"
#include "tests/testing/frames.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr std::int64_t kStart = 1'700'000'000;  // a whole multiple of 10
const HostPtr kHost = std::make_shared<const Host>(Host{.id = "a"});

// A frame in which eth0 has received `bytes` so far.
FramePtr At(int second, double bytes) {
  return FrameOf("a", "system", absl::FromUnixSeconds(kStart + second),
                 {{"node_network_receive_bytes_total", {{"device", "eth0"}}, bytes}});
}

// Second and rate of each snapshot; -1 = no rate.
std::vector<std::pair<int, double>> HistoryOf(const std::vector<FramePtr>& frames,
                                              absl::Duration step) {
  std::vector<std::pair<int, double>> result;
  const auto history = SnapshotView().MakeHistory({.host = kHost, .system = frames}, step);
  EXPECT_EQ(history.host(), "hosts/a");
  for (const v1::Snapshot& snapshot : history.snapshots()) {
    const v1::NetworkInterface& network = snapshot.networks(0);
    result.emplace_back(
        snapshot.sample_time().seconds() - kStart,
        network.has_receive_bytes_per_second() ? network.receive_bytes_per_second() : -1);
  }
  return result;
}

TEST(SnapshotHistory, EveryFrameByItselfWithoutAStep) {
  EXPECT_THAT(HistoryOf({At(1, 0), At(2, 10), At(3, 30)}, absl::ZeroDuration()),
              ElementsAre(Pair(1, -1), Pair(2, 10), Pair(3, 20)));
  EXPECT_THAT(HistoryOf({}, absl::Seconds(1)), ElementsAre());
}

TEST(SnapshotHistory, RatesAreAveragedOverTheStepAndSpansEndOnWholeSteps) {
  EXPECT_THAT(HistoryOf({At(1, 0), At(2, 10), At(3, 30), At(4, 40), At(5, 50)}, absl::Seconds(2)),
              ElementsAre(Pair(2, 10), Pair(4, 15), Pair(5, 10)));
}

TEST(SnapshotHistory, GapsAreLeftOutAndNoRateReachesAcrossThem) {
  EXPECT_THAT(
      HistoryOf({At(1, 0), At(2, 10), At(31, 1000), At(32, 1001), At(33, 1002)}, absl::Seconds(2)),
      ElementsAre(Pair(2, 10), Pair(32, 1), Pair(33, 1)));
  EXPECT_THAT(HistoryOf({At(1, 0), At(2, 10), At(32, 1000), At(34, 1004)}, absl::Seconds(2)),
              ElementsAre(Pair(2, 10), Pair(32, -1), Pair(34, 2)));
}

TEST(SnapshotHistory, StepShorterThanTheIntervalIsNoGap) {
  EXPECT_THAT(HistoryOf({At(1, 0), At(4, 30)}, absl::Seconds(1)),
              ElementsAre(Pair(1, -1), Pair(4, 10)));
}

TEST(SnapshotHistory, CounterThatStartedAgainHasNoRateOnce) {
  EXPECT_THAT(HistoryOf({At(1, 500), At(2, 510), At(3, 0), At(4, 7)}, absl::Seconds(1)),
              ElementsAre(Pair(1, -1), Pair(2, 10), Pair(3, -1), Pair(4, 7)));
}

TEST(SnapshotHistory, FilesystemsAreThoseKnownAtTheTime) {
  const auto filesystem = [](int second, double size) {
    return FrameOf("a", "filesystem", absl::FromUnixSeconds(kStart + second),
                   {{"node_filesystem_size_bytes", {{"mountpoint", "/"}}, size}});
  };
  const std::vector<FramePtr> system = {At(1, 0), At(2, 0), At(3, 0), At(9, 0)};
  const std::vector<FramePtr> filesystems = {filesystem(2, 100), filesystem(4, 200),
                                             filesystem(20, 300)};
  const auto history = SnapshotView().MakeHistory(
      {.host = kHost, .system = system, .filesystem = filesystems}, absl::Seconds(1));
  ASSERT_EQ(history.snapshots_size(), 4);
  EXPECT_EQ(history.snapshots(0).filesystems_size(), 0);
  EXPECT_EQ(history.snapshots(1).filesystems(0).size_bytes(), 100);
  EXPECT_EQ(history.snapshots(2).filesystems(0).size_bytes(), 100);
  EXPECT_EQ(history.snapshots(3).filesystems(0).size_bytes(), 200);
}

TEST(SnapshotHistory, HoldsWhatTheMaskNamesAndNoIdentity) {
  google::protobuf::FieldMask paths;
  paths.add_paths("sample_time");
  const std::vector<FramePtr> system = {At(1, 0)};
  auto history = SnapshotView().MakeHistory({.host = kHost, .system = system}, absl::Seconds(1),
                                            *SnapshotMask::Create(paths));
  EXPECT_EQ(history.snapshots(0).ShortDebugString(), "sample_time { seconds: 1700000001 }");
  history = SnapshotView().MakeHistory({.host = kHost, .system = system}, absl::Seconds(1));
  EXPECT_FALSE(history.snapshots(0).has_identity());
}

}  // namespace
}  // namespace syspulse
