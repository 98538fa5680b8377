// The store in bad times: full and broken disks, damage, what comes twice, what is too much.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/store/label_listing.h"
#include "services/store/merged_rows.h"
#include "services/store/recovery.h"
#include "tests/services/store/store_fixture.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(StoreTest, AFrameThatComesTwiceIsKeptOnceAndAcknowledgedTwice) {
  Open();
  const FramePtr frame = GaugeFrame("a", "system", At(0), {1});
  AppendAndWait(frame);
  AppendAndWait(frame);
  EXPECT_EQ(store->stats().duplicate_frames, 1);
  Reopen();
  AppendAndWait(frame);
  AppendAndWait(GaugeFrame("a", "system", At(0), {9}));
  EXPECT_EQ(store->stats().duplicate_frames, 2);
  EXPECT_THAT(Read(), ElementsAre("test_0 instance=a job=syspulse 0:1"));
}

TEST_F(StoreTest, WhileTheDiskIsFullNothingIsAcknowledgedAndReadsGoOn) {
  Open();
  AppendAndWait(GaugeFrame("a", "system", At(0), {1}));
  disk.SetCapacity(disk.TotalBytes() + 10);
  const std::uint64_t ticket = Append(GaugeFrame("a", "system", At(1), {2}));
  WaitFor([](const StoreStats& stats) { return !stats.writing; });
  EXPECT_THAT(store->stats().last_error, HasSubstr("No space left"));
  EXPECT_FALSE(store->is_writing());
  EXPECT_LT(store->stats().durable_ticket, ticket);
  EXPECT_THAT(Read(), ElementsAre("test_0 instance=a job=syspulse 0:1 1:2"));
  const std::uint64_t next = Append(GaugeFrame("a", "system", At(2), {3}));
  WaitFor([](const StoreStats& stats) { return stats.head_samples == 3; });
  EXPECT_THAT(Read(), ElementsAre("test_0 instance=a job=syspulse 0:1 1:2 2:3"));
  EXPECT_FALSE(store->is_writing());
  disk.Heal();
  Wait(next);
  WaitFor([](const StoreStats& stats) { return stats.writing; });
  EXPECT_TRUE(store->is_writing());
  CrashAndReopen();
  EXPECT_THAT(Read(), ElementsAre("test_0 instance=a job=syspulse 0:1 1:2 2:3"));
}

TEST_F(StoreTest, AFullQueueRefusesUntilTheDiskTakesFramesAgain) {
  options.queue_bytes = 1000;
  options.blocks.head_samples = 100;
  Open();
  disk.SetCapacity(disk.TotalBytes());
  absl::Status refused;
  int second = 0;
  while (refused.ok() && second < 1000) {
    refused = store->Append(GaugeFrame("a", "system", At(++second), {1, 2, 3})).status();
  }
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("send it again later")));
  disk.Heal();
  WaitFor([](const StoreStats& stats) { return stats.waiting_frames == 0; });
  AppendAndWait(GaugeFrame("a", "system", At(2000), {1, 2, 3}));
}

TEST_F(StoreTest, AFailedSyncCostsNothing) {
  Open();
  AppendAndWait(GaugeFrame("a", "system", At(0), {1}));
  disk.Fail(Operation::kSync, absl::UnavailableError("sync: Input/output error"));
  AppendAndWait(GaugeFrame("a", "system", At(1), {2}));
  CrashAndReopen();
  EXPECT_THAT(Read(), ElementsAre("test_0 instance=a job=syspulse 0:1 1:2"));
}

TEST_F(StoreTest, ADamagedBlockIsSetAsideAndReported) {
  Open();
  AppendAndWait(GaugeFrame("a", "system", At(0), {1}));
  Reopen();
  AppendAndWait(GaugeFrame("a", "system", At(1), {2}));
  store.reset();
  const std::string path = "/d/0000000001-0000000001.block";
  ASSERT_TRUE(disk.Exists(path));
  disk.SetContents(path, disk.Contents(path).substr(0, 30));
  Open();
  EXPECT_THAT(Read(), ElementsAre("test_0 instance=a job=syspulse 1:2"));
  EXPECT_EQ(store->stats().damaged_units, 1);
  EXPECT_THAT(store->stats().last_damage, HasSubstr(path));
  EXPECT_TRUE(disk.Exists(path + ".damaged"));
  Reopen();  // it is still missing
  EXPECT_EQ(store->stats().damaged_units, 1);
  EXPECT_THAT(store->stats().last_damage,
              HasSubstr("1 damaged files were set aside in /d by earlier starts, such as "
                        "0000000001-0000000001.block.damaged"));
  ASSERT_THAT(disk.Remove(path + ".damaged"), IsOk());
  Reopen();
  EXPECT_EQ(store->stats().damaged_units, 0);
}

TEST_F(StoreTest, ADamagedLogSaysWhatIsKnownOfWhatItCost) {
  Open();
  for (int i = 0; i < 10; ++i) AppendAndWait(GaugeFrame("a", "system", At(i), {double(i)}));
  disk.Crash(CrashKind::kLoseUnsynced, 0);
  store.reset();
  disk.Restart();
  const std::string path = "/d/0000000001.log";
  std::string bytes = disk.Contents(path);
  ASSERT_GT(bytes.size(), 100u);
  std::fill(bytes.begin(), bytes.end(), '\0');
  disk.SetContents(path, bytes);
  Open();
  EXPECT_THAT(Read(), ::testing::IsEmpty());
  EXPECT_THAT(
      store->stats().last_damage,
      HasSubstr(absl::StrFormat("%s at byte 0: %d bytes are damaged; what stood there is lost",
                                path, bytes.size())));
}

TEST_F(StoreTest, DamageWithinABlockCostsOnlyWhatItHits) {
  Open();
  AppendAndWait(GaugeFrame("a", "system", At(0), {1.25, 2.5}));
  AppendAndWait(GaugeFrame("b", "system", At(0), {3.75, 4.5}));
  store.reset();
  const std::string path = "/d/0000000001-0000000001.block";
  const std::string whole = disk.Contents(path);
  std::size_t hurt = 0;
  // Whatever byte of the groups is hit, no value is wrong and the other host is not concerned.
  for (std::size_t place = 8; place < whole.size() / 2; ++place) {
    std::string bytes = whole;
    bytes[place] = static_cast<char>(bytes[place] ^ 0x20);
    disk.SetContents(path, bytes);
    Open();
    const std::vector<std::string> rows = Read();
    if (store->stats().damaged_units > 0) ++hurt;
    int whole_series = 0;
    for (const std::string& row : rows) whole_series += row.find(" 0:") != std::string::npos;
    EXPECT_GE(whole_series, disk.Exists(path) ? 2 : 0) << place;
    store.reset();
    static_cast<void>(disk.Remove(path + ".damaged"));
  }
  EXPECT_GT(hurt, 10u);
}

TEST_F(StoreTest, OneProcessHasTheFolder) {
  Open();
  EXPECT_THAT(
      Store::Open(options, &disk, &clock, [](std::uint64_t) {}),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("in use by another process")));
}

TEST_F(StoreTest, FramesThatCannotBeStoredAreRefusedInWords) {
  Open();
  Frame frame = *GaugeFrame("a", "system", At(0), {1, 2});
  frame.values.pop_back();
  EXPECT_THAT(store->Append(std::make_shared<const Frame>(frame)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1 values")));
  frame.values.push_back(2);
  frame.time = absl::InfiniteFuture();
  EXPECT_THAT(store->Append(std::make_shared<const Frame>(frame)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("years 1 to 9999")));
  frame.time = At(0);
  frame.host.clear();
  EXPECT_THAT(store->Append(std::make_shared<const Frame>(frame)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("store frame")));
}

TEST_F(StoreTest, ASchemaThatNoRecordHoldsIsRefused) {
  Open();
  const FramePtr frame =
      FrameOf("a", "custom", At(0), {{"up", {{"text", std::string(65 << 20, 'x')}}, 1}});
  EXPECT_THAT(store->Append(frame),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("takes 6")));
}

TEST_F(StoreTest, WhatIsTooOldOrTooMuchGoes) {
  Open();
  for (const int day : {0, 20, 45}) {
    AppendAndWait(GaugeFrame("a", "system", At(day * 86'400), {double(day)}));
    Reopen();
  }
  store.reset();
  SharedSchemas schemas;
  auto recovery = Recover(&disk, "/d", &schemas);
  ASSERT_THAT(recovery, IsOk());
  Contents contents(recovery->head, recovery->blocks, {});
  const auto left = [&] {
    std::vector<std::int64_t> days;
    for (const BlockPtr& block : contents.View().blocks) {
      days.push_back((block->range().first_ms - kStart) / 86'400'000);
    }
    return days;
  };
  BlockKeeper thirty_days(&disk, "/d", &contents, &schemas, {});
  EXPECT_THAT(thirty_days.RetainOnce(At(46 * 86'400)), IsOk());
  EXPECT_THAT(left(), ElementsAre(20, 45));
  BlockKeeper few_bytes(&disk, "/d", &contents, &schemas,
                        {.retention_bytes = contents.View().blocks[0]->reader().size()});
  EXPECT_THAT(few_bytes.RetainOnce(At(46 * 86'400)), IsOk());
  EXPECT_THAT(left(), ElementsAre(45));
  EXPECT_EQ(disk.Paths().size(), 1u);
}

TEST_F(StoreTest, AFileThatWasRemovedUnderTheStoreIsWrittenAgain) {
  Open();
  AppendAndWait(GaugeFrame("a", "system", At(0), {1}));
  for (const std::string& path : disk.Paths()) static_cast<void>(disk.Remove(path));
  AppendAndWait(GaugeFrame("a", "system", At(1), {2}));
  ASSERT_EQ(disk.Paths().size(), 1u);
  const std::string path = disk.Paths().front();
  disk.Crash(CrashKind::kLoseUnsynced, 0);
  EXPECT_TRUE(disk.Exists(path)) << "what was acknowledged stands in a file that stays";
}

}  // namespace
}  // namespace syspulse
