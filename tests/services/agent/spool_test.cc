#include "services/agent/spool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/store/log_format.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/frames.h"
#include "tests/testing/memory_file_system.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using Code = absl::StatusCode;

constexpr const char* kDirectory = "/spool";

class SpoolTest : public ::testing::Test {
 protected:
  SpoolTest() { Open(); }

  void Open(std::int64_t max_bytes = 1 << 20, const std::string& host = "web-1") {
    spool_.reset();
    auto spool = Spool::Open(
        {.directory = kDirectory, .host_id = host, .max_bytes = max_bytes, .max_age = kDay}, &disk_,
        &clock_);
    ASSERT_THAT(spool.status(), IsOk());
    spool_ = *std::move(spool);
  }
  void Crash(CrashKind kind = CrashKind::kLoseUnsynced, std::uint64_t seed = 1) {
    disk_.Crash(kind, seed);
    spool_.reset();  // of another life: what it does at its end reaches nothing
    disk_.Restart();
    Open();
  }

  absl::Time TimeOf(int second) const { return start_ + absl::Seconds(second); }

  // Returns a batch with two sources, the values of which tell the second.
  SpoolBatch BatchOf(int second) const {
    return {.frames = {GaugeFrame("web-1", "system", TimeOf(second), {second * 1.0, 0.25}),
                       GaugeFrame("web-1", "filesystem", TimeOf(second), {second * 2.0})}};
  }
  absl::Status AppendOne(int second) { return spool_->Append(std::vector{BatchOf(second)}); }
  void AppendSeconds(int first, int last) {
    for (int second = first; second <= last; ++second) EXPECT_THAT(AppendOne(second), IsOk());
  }

  // Reads batches that are whole, and returns their seconds.
  std::vector<int> ReadSeconds(std::size_t most = 1000) {
    std::vector<int> seconds;
    for (SpoolBatch& batch : spool_->Read(most)) {
      const int second = static_cast<int>((batch.frames.front()->time - start_) / absl::Seconds(1));
      seconds.push_back(second);
      EXPECT_THAT(batch.frames, SizeIs(2));
      EXPECT_EQ(batch.frames[0]->values[0], second);
      EXPECT_EQ(batch.frames[0]->schema->families()[1].name, "test_1");
      last_place_ = batch.place;
    }
    return seconds;
  }
  // The same until there is no more.
  std::vector<int> ReadAll() {
    std::vector<int> seconds;
    while (spool_->has_more()) {
      const std::vector<int> some = ReadSeconds();
      if (some.empty()) break;
      seconds.insert(seconds.end(), some.begin(), some.end());
    }
    return seconds;
  }
  static std::string SegmentPath(std::uint64_t number) {
    return std::string(kDirectory) + "/" + LogName(number);
  }
  std::vector<std::string> Segments() const {
    std::vector<std::string> paths;
    for (const std::string& path : disk_.Paths()) {
      if (path.ends_with(kLogSuffix)) paths.push_back(path);
    }
    return paths;
  }

  static constexpr absl::Duration kDay = absl::Hours(24);
  FakeClock clock_;
  const absl::Time start_ = clock_.Now();
  MemoryFileSystem disk_;
  std::unique_ptr<Spool> spool_;
  SpoolPlace last_place_;
};

TEST_F(SpoolTest, GivesBackWhatItTookInOrder) {
  AppendSeconds(1, 5);
  EXPECT_TRUE(spool_->has_more());
  EXPECT_THAT(ReadSeconds(2), ElementsAre(1, 2));
  AppendSeconds(6, 7);  // to a segment of their own: the other one is being read
  EXPECT_THAT(ReadAll(), ElementsAre(3, 4, 5, 6, 7));
  EXPECT_FALSE(spool_->has_more());
  EXPECT_THAT(spool_->Read(1), IsEmpty());
}

TEST_F(SpoolTest, WhatIsAcknowledgedLeavesTheDisk) {
  AppendSeconds(1, 3);
  ReadAll();
  AppendSeconds(4, 4);
  EXPECT_THAT(Segments(), SizeIs(2));
  spool_->Done(last_place_);
  EXPECT_THAT(Segments(), ElementsAre(SegmentPath(2)));
  EXPECT_EQ(spool_->bytes(), std::ssize(disk_.Contents(SegmentPath(2))));
  ReadAll();
  spool_->Done(last_place_);
  EXPECT_THAT(Segments(), IsEmpty());
  EXPECT_EQ(spool_->bytes(), 0);
}

TEST_F(SpoolTest, WhatIsNotAcknowledgedComesAgainAfterARestart) {
  AppendSeconds(1, 6);
  EXPECT_THAT(ReadSeconds(2), ElementsAre(1, 2));
  spool_->Done(last_place_);
  EXPECT_THAT(ReadSeconds(2), ElementsAre(3, 4));
  Open();
  EXPECT_THAT(ReadAll(), ElementsAre(3, 4, 5, 6));
}

TEST_F(SpoolTest, PlacesOfSegmentsThatAreGoneMeanNothingToLaterOnes) {
  AppendSeconds(1, 3);
  ReadAll();
  spool_->Done(last_place_);
  Open();
  AppendSeconds(4, 6);
  Crash(CrashKind::kProcess);  // so that the place of before still stands there
  EXPECT_THAT(ReadAll(), ElementsAre(4, 5, 6));
}

TEST_F(SpoolTest, APlaceThatIsGarbageMeansThatAllComesAgain) {
  const std::vector<std::string> garbages = {"",
                                             "1",
                                             "x y",
                                             "1 -5",
                                             "0 0",
                                             "99999999999999999999 1",
                                             "18446744073709551615 1",
                                             "77 3\n",
                                             "77 3",
                                             std::string(1000, '1')};
  for (const std::string& garbage : garbages) {
    AppendSeconds(1, 2);
    spool_.reset();
    disk_.SetContents(std::string(kDirectory) + "/acknowledged", garbage);
    Open();
    EXPECT_THAT(ReadAll(), ElementsAre(1, 2)) << garbage;
    spool_->Done(last_place_);
  }
}

TEST_F(SpoolTest, WhatWasTakenSurvivesPowerLoss) {
  for (const CrashKind kind :
       {CrashKind::kProcess, CrashKind::kLoseUnsynced, CrashKind::kTearUnsynced}) {
    AppendSeconds(1, 4);
    Crash(kind, 7);
    EXPECT_THAT(ReadAll(), ElementsAre(1, 2, 3, 4));
    spool_->Done(last_place_);
  }
}

TEST_F(SpoolTest, ATornLastRecordCostsItselfWhereverItIsCut) {
  AppendSeconds(1, 3);
  const std::string whole = disk_.Contents(SegmentPath(1));
  spool_.reset();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    disk_.SetContents(SegmentPath(1), whole.substr(0, size));
    Open();
    std::vector<int> seconds;
    for (const SpoolBatch& batch : spool_->Read(100)) {
      seconds.push_back(static_cast<int>(batch.frames[0]->values[0]));
    }
    for (std::size_t i = 0; i < seconds.size(); ++i) EXPECT_EQ(seconds[i], static_cast<int>(i) + 1);
    EXPECT_LE(seconds.size(), 3u);
    spool_.reset();
  }
}

TEST_F(SpoolTest, GarbageAndForeignFilesAreSkippedAndTheRestIsRead) {
  AppendSeconds(1, 2);
  Open();
  AppendSeconds(3, 4);
  Open();
  disk_.SetContents(SegmentPath(1), std::string(5000, '\xff'));
  disk_.SetContents(std::string(kDirectory) + "/notes.txt", "mine");
  Open();
  EXPECT_THAT(ReadAll(), ElementsAre(3, 4));
  EXPECT_TRUE(disk_.Exists(std::string(kDirectory) + "/notes.txt"));
  EXPECT_FALSE(disk_.Exists(SegmentPath(1)));
}

TEST_F(SpoolTest, DamageCostsWhatItHitsAndIsSaid) {
  AppendSeconds(1, 3);
  spool_->Read(1);  // ends the segment, so that damage is told from the trace of a crash
  spool_.reset();
  std::string bytes = disk_.Contents(SegmentPath(1));
  bytes[bytes.size() / 2] ^= 0x40;
  disk_.SetContents(SegmentPath(1), bytes);
  Open();
  ::testing::internal::CaptureStderr();
  EXPECT_FALSE(spool_->Read(100).empty());
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              ::testing::AllOf(HasSubstr(SegmentPath(1)), HasSubstr("damaged")));
}

TEST_F(SpoolTest, FullItDropsTheOldestAndCountsThemBySource) {
  constexpr std::int64_t kBound = 64 << 10;
  Open(kBound);
  AppendSeconds(1, 2000);
  EXPECT_LE(spool_->bytes(), kBound);
  EXPECT_LE(disk_.TotalBytes(), kBound + 100);
  const SourceCounts dropped = spool_->TakeDropped();
  ASSERT_THAT(dropped, ElementsAre(Pair("filesystem", testing::Gt(0)), Pair("system", testing::_)));
  EXPECT_THAT(spool_->TakeDropped(), IsEmpty());
  const std::vector<int> left = ReadAll();
  EXPECT_EQ(left.back(), 2000);
  EXPECT_EQ(std::ssize(left) + dropped.at("system"), 2000);
  EXPECT_EQ(dropped.at("system"), dropped.at("filesystem"));
}

TEST_F(SpoolTest, WhatWasReadIsNotCountedAsDroppedWithItsSegment) {
  Open(64 << 10);
  AppendSeconds(1, 100);
  EXPECT_THAT(ReadSeconds(60), SizeIs(60));
  AppendSeconds(101, 2000);
  const std::int64_t dropped = spool_->TakeDropped().at("system");
  EXPECT_EQ(60 + dropped + std::ssize(ReadAll()), 2000);
}

TEST_F(SpoolTest, DropsWhatIsTooOldAlsoOfARunBefore) {
  AppendSeconds(1, 10);
  Open();
  AppendSeconds(11, 20);
  clock_.Step(TimeOf(15) + kDay);
  spool_->DropOld();
  EXPECT_THAT(spool_->TakeDropped(), ElementsAre(Pair("filesystem", 10), Pair("system", 10)));
  EXPECT_THAT(ReadAll(), ElementsAre(11, 12, 13, 14, 15, 16, 17, 18, 19, 20));
  clock_.Step(TimeOf(21) + kDay);
  spool_->DropOld();
  EXPECT_EQ(spool_->bytes(), 0);
  EXPECT_THAT(spool_->TakeDropped(), IsEmpty()) << "they are on their way";
}

TEST_F(SpoolTest, AFullDiskIsSaidAndWhatStoodThereStays) {
  AppendSeconds(1, 3);
  disk_.SetCapacity(disk_.TotalBytes() + 10);
  EXPECT_THAT(AppendOne(4), StatusIs(Code::kResourceExhausted, HasSubstr("No space left")));
  EXPECT_THAT(AppendOne(4), StatusIs(Code::kResourceExhausted, HasSubstr("No space left")));
  disk_.SetCapacity(-1);
  AppendSeconds(4, 5);
  EXPECT_THAT(ReadAll(), ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(SpoolTest, AFailedSyncIsNotTakenForWritten) {
  AppendSeconds(1, 1);
  disk_.Fail(Operation::kSync, absl::UnavailableError("EIO"));
  EXPECT_THAT(AppendOne(2), StatusIs(Code::kUnavailable, HasSubstr("EIO")));
  AppendSeconds(2, 3);
  Crash();
  const std::vector<int> seconds = ReadAll();
  // What failed may stand there once more.
  EXPECT_THAT(std::set(seconds.begin(), seconds.end()), ElementsAre(1, 2, 3));
}

TEST_F(SpoolTest, TwoAgentsDoNotShareIt) {
  const auto second = Spool::Open({.directory = kDirectory, .host_id = "b"}, &disk_, &clock_);
  EXPECT_THAT(second.status(), StatusIs(Code::kFailedPrecondition, HasSubstr(kDirectory)));
}

TEST_F(SpoolTest, FramesOfAnotherHostAreDroppedAndCounted) {
  AppendSeconds(1, 3);
  Open(1 << 20, "web-2");
  EXPECT_THAT(spool_->Read(10), IsEmpty());
  EXPECT_THAT(spool_->TakeDropped(), ElementsAre(Pair("filesystem", 3), Pair("system", 3)));
  EXPECT_FALSE(spool_->has_more());
}

TEST_F(SpoolTest, ADiskThatCannotBeReadNowIsTriedAgain) {
  AppendSeconds(1, 3);
  Open();
  disk_.Fail(Operation::kOpen, absl::UnavailableError("timed out"));
  EXPECT_THAT(spool_->Read(10), IsEmpty());
  EXPECT_TRUE(spool_->has_more());
  EXPECT_THAT(ReadAll(), ElementsAre(1, 2, 3));
}

TEST_F(SpoolTest, ASegmentThatTheDiskDoesNotGiveBackHoldsUpNoneBehindIt) {
  AppendSeconds(1, 3);
  Open();
  AppendSeconds(4, 5);
  constexpr int kTries = 10;
  disk_.Fail(Operation::kOpen, absl::UnavailableError("EIO"), /*skip=*/0, kTries);
  for (int i = 1; i < kTries; ++i) EXPECT_THAT(spool_->Read(10), IsEmpty());
  ::testing::internal::CaptureStderr();
  EXPECT_THAT(ReadAll(), ElementsAre(4, 5));
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              HasSubstr("could not be read 10 times; its samples are lost"));
  spool_->Done(last_place_);
  EXPECT_THAT(Segments(), IsEmpty());
}

TEST_F(SpoolTest, ASegmentThatIsNoneKeepsNoOldOnes) {
  AppendSeconds(1, 3);
  disk_.SetContents(SegmentPath(1), std::string(5000, '\xff'));
  Open();
  AppendSeconds(4, 5);
  clock_.Advance(kDay + absl::Minutes(1));
  spool_->DropOld();
  EXPECT_THAT(Segments(), IsEmpty());
}

}  // namespace
}  // namespace syspulse
