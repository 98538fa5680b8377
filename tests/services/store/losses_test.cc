// What a start could not read: which queries are told so.
#include "services/store/losses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "services/store/held_rows.h"
#include "tests/services/store/store_fixture.h"

namespace syspulse {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Three blocks of a host, written 20 s after the rows at 0, 100 and 200 s.
class LossesTest : public StoreTest {
 protected:
  LossesTest() {
    options.blocks.longest_block = absl::Seconds(1);  // never merged
    Open();
    for (const int begin : {0, 100, 200}) AddBlock(begin);
    store.reset();
    for (const int number : {1, 2, 3}) disk.SetWritten(Name(number), At(number * 100 - 80));
  }

  void AddBlock(int begin) {
    AppendAndWait(GaugeFrame("a", "system", At(begin), {1}));
    AppendAndWait(GaugeFrame("a", "system", At(begin + 10), {2}));
    Reopen();
  }
  // Leaves a log with a row for each second behind, as a power loss does.
  void LeaveLog(int begin, int end) {
    Open();
    for (int i = begin; i < end; ++i) AppendAndWait(GaugeFrame("a", "system", At(i), {double(i)}));
    disk.Crash(CrashKind::kLoseUnsynced, 0);
    store.reset();
    disk.Restart();
  }
  static std::string Name(int first, int last = 0) {
    return absl::StrFormat("/d/%010d-%010d.block", first, last == 0 ? first : last);
  }
  void CutOff(int number) {
    disk.SetContents(Name(number), disk.Contents(Name(number)).substr(0, 30));
    disk.SetWritten(Name(number), At(number * 100 - 80));
  }
  static constexpr const char* kLog = "/d/0000000004.log";

  // What a query over these seconds is told to lack.
  std::string Told(int first, int last) {
    return store->Losses({.first_ms = kStart + first * 1000, .last_ms = kStart + last * 1000});
  }
};

TEST_F(LossesTest, ABlockThatWasSetAsideIsToldOfTheTimeBeforeItWasWritten) {
  CutOff(2);
  Open();
  EXPECT_THAT(Read(), ElementsAre("test_0 instance=a job=syspulse 0:1 10:2 200:1 210:2"));
  EXPECT_THAT(Told(50, 60), AllOf(HasSubstr(Name(2)), HasSubstr("cut off")));
  EXPECT_THAT(Told(-2000, -1000), HasSubstr(Name(2))) << "it may have been imported";
  EXPECT_THAT(Told(120, 1000), HasSubstr(Name(2)));
  EXPECT_EQ(Told(121, 1000), "");
}

TEST_F(LossesTest, LaterStartsGoOnTellingUntilTheFileIsGone) {
  CutOff(2);
  Open();
  Reopen();
  EXPECT_EQ(Told(50, 60),
            Name(2) + ".damaged, set aside by an earlier start, may have some of that time");
  EXPECT_EQ(Told(121, 1000), "");
  ASSERT_THAT(disk.Remove(Name(2) + ".damaged"), IsOk());
  EXPECT_NE(Told(50, 60), "");
  Reopen();
  EXPECT_EQ(Told(50, 60), "");
}

TEST_F(LossesTest, WhatIsMendedComesBack) {
  const std::string whole = disk.Contents(Name(2));
  options.blocks.longest_block = absl::Hours(24);
  CutOff(2);
  Open();
  for (const int begin : {300, 400, 500, 600}) AddBlock(begin);
  WaitFor([this](const StoreStats&) { return disk.Exists(Name(3, 6)) || disk.Exists(Name(3, 7)); });
  store.reset();
  EXPECT_TRUE(disk.Exists(Name(1))) << "not merged over what is missing";
  ASSERT_THAT(disk.Remove(Name(2) + ".damaged"), IsOk());
  disk.SetContents(Name(2), whole);
  Open();
  EXPECT_EQ(store->stats().damaged_units, 0);
  EXPECT_THAT(Read({}, {.first_ms = kStart, .last_ms = kStart + 200'000}),
              ElementsAre("test_0 instance=a job=syspulse 0:1 10:2 100:1 110:2 200:1"));
}

TEST_F(LossesTest, WhatComesBackAfterAMergeWithoutItIsKept) {
  const std::string whole = disk.Contents(Name(2));
  ASSERT_THAT(disk.Remove(Name(2)), IsOk());
  options.blocks.longest_block = absl::Hours(24);
  Open();
  for (const int begin : {300, 400}) AddBlock(begin);
  WaitFor([this](const StoreStats&) { return disk.Exists(Name(1, 5)) || disk.Exists(Name(1, 4)); });
  store.reset();
  disk.SetContents(Name(2), whole);
  Open();
  EXPECT_EQ(disk.Contents(Name(2) + ".damaged"), whole);
  EXPECT_THAT(store->stats().last_damage, HasSubstr("its rows are not in"));
  EXPECT_THAT(Told(50, 60), HasSubstr(Name(2)));
}

TEST_F(LossesTest, WhatIsNewDoesNotTakeTheNameOfWhatIsMissing) {
  CutOff(3);
  Open();
  Reopen();
  AddBlock(300);
  EXPECT_FALSE(disk.Exists(Name(3)));
  EXPECT_TRUE(disk.Exists(Name(4)));
}

TEST_F(LossesTest, RowsOfDeletedHostsNeedNotBeHeld) {
  Open();
  AppendAndWait(GaugeFrame("b", "system", At(300), {1}));
  AddBlock(300);
  store.reset();
  const std::string both = disk.Contents(Name(4));
  ASSERT_THAT(disk.Remove(Name(4)), IsOk());
  Open();
  AddBlock(300);
  store.reset();
  ASSERT_THAT(disk.Rename(Name(4), Name(5)), IsOk());
  disk.SetContents(Name(4), both);
  SharedSchemas schemas;
  const auto held = Block::Open(&disk, "/d", {4, 4}, &schemas);
  const auto holder = Block::Open(&disk, "/d", {5, 5}, &schemas);
  ASSERT_THAT(held, IsOk());
  ASSERT_THAT(holder, IsOk());
  const auto deleted = [](std::uint64_t last_segment) {
    return std::make_shared<const Deletions>(Deletions{{"b", last_segment}});
  };
  EXPECT_TRUE(HoldsRowsOf(**holder, **held, deleted(4)));
  EXPECT_FALSE(HoldsRowsOf(**holder, **held, deleted(3)));
  EXPECT_FALSE(HoldsRowsOf(**holder, **held, nullptr));
  EXPECT_TRUE(HoldsRowsOf(**held, **holder, nullptr));
}

TEST_F(LossesTest, NamesThatOnlyLookLikeThoseOfBlocksAreNone) {
  disk.SetContents("/d/2-2.block", disk.Contents(Name(2)));
  disk.SetContents("/d/5-8.block", "");
  disk.SetContents("/d/000000000012.log", "");
  disk.SetContents("/d/18446744073709551614-18446744073709551614.block", "");
  disk.SetContents("/d/1000000000000000000-1000000000000000000.block", "");
  disk.SetContents("/d/1000000000000000000.log", "");
  for (int start = 0; start < 2; ++start) {
    Open();
    EXPECT_EQ(store->stats().damaged_units, 0);
    EXPECT_EQ(Read().size(), 1u);
    store.reset();
    EXPECT_TRUE(disk.Exists(Name(2)));
    EXPECT_TRUE(disk.Exists("/d/2-2.block"));
  }
}

TEST_F(LossesTest, NumbersThatNoStoreGetsToAreNotCountedOnFrom) {
  int begin = 300;
  for (const char* junk : {"/d/1000000000000000000.log", "/d/1000000000000000000.log.damaged"}) {
    disk.SetContents(junk, "");
    Open();
    AddBlock(begin);
    Reopen();
    EXPECT_EQ(Read({}, {.first_ms = kStart + begin * 1000, .last_ms = kLastTimeMs}),
              std::vector{
                  absl::StrFormat("test_0 instance=a job=syspulse %d:1 %d:2", begin, begin + 10)});
    store.reset();
    static_cast<void>(disk.Remove(junk));
    begin += 100;
  }
}

TEST_F(LossesTest, OnlyAFewAreTold) {
  for (int number = 4; number < 14; ++number) {
    disk.SetContents(Name(number), "no block");
    disk.SetWritten(Name(number), At(400));
  }
  Open();
  EXPECT_THAT(Told(300, 400), HasSubstr("; and more"));
  EXPECT_EQ(Told(401, 500), "");
}

// What can be read of it stands in a block soon, and the log is removed.
TEST_F(LossesTest, DamageInALogIsToldByLaterStartsToo) {
  LeaveLog(300, 400);
  const std::string path = kLog;
  std::string bytes = disk.Contents(path);
  ASSERT_GT(bytes.size(), 1000u);
  bytes[bytes.size() / 2] ^= 0x10;
  disk.SetContents(path, bytes);
  disk.SetWritten(path, At(410));
  Open();
  EXPECT_THAT(Told(300, 400), AllOf(HasSubstr(path), HasSubstr("lost")));
  EXPECT_EQ(Told(411, 500), "");
  WaitFor([&](const StoreStats&) { return !disk.Exists(path); });
  Reopen();
  EXPECT_EQ(disk.Contents(path + ".damaged"), bytes);
  EXPECT_EQ(Told(300, 400),
            path + ".damaged, set aside by an earlier start, may have some of that time");
  EXPECT_EQ(store->stats().damaged_units, 1);
}

TEST_F(LossesTest, ALogThatComesBackAfterLaterBlocksIsTakenIn) {
  LeaveLog(300, 301);
  const std::string path = kLog;
  const std::string bytes = disk.Contents(path);
  ASSERT_THAT(disk.Remove(path), IsOk());
  disk.SetContents("/d/0000000005.log", "");
  Open();
  AddBlock(400);
  store.reset();
  disk.SetContents(path, bytes);
  const auto all = ElementsAre(
      "test_0 instance=a job=syspulse 0:1 10:2 100:1 110:2 200:1 210:2 300:300 400:1 410:2");
  for (int start = 0; start < 2; ++start) {
    Open();
    EXPECT_THAT(Read(), all);
    EXPECT_EQ(store->stats().damaged_units, 0);
    WaitFor([&](const StoreStats&) { return !disk.Exists(path); });
    store.reset();
    EXPECT_THAT(disk.Paths(), ElementsAre(Name(1), Name(2), Name(3), Name(5, 6), Name(7)));
    if (start == 0) disk.SetContents(path, bytes);  // as a crash leaves it
  }
}

TEST_F(LossesTest, ALogThatIsMendedIsTakenInBesideTheBlockOfWhatWasLeft) {
  LeaveLog(300, 400);
  const std::string path = kLog;
  const std::string whole = disk.Contents(path);
  std::string bytes = whole;
  std::fill_n(bytes.begin() + 1000, 1000, '\0');
  disk.SetContents(path, bytes);
  Open();
  const std::vector<std::string> left = Read();
  WaitFor([&](const StoreStats&) { return !disk.Exists(path); });
  store.reset();
  ASSERT_THAT(disk.Remove(path + ".damaged"), IsOk());
  disk.SetContents(path, whole);
  Open();
  EXPECT_EQ(store->stats().damaged_units, 0);
  EXPECT_NE(Read(), left);
  EXPECT_THAT(
      Read({}, {.first_ms = kStart + 330'000, .last_ms = kStart + 334'000}),
      ElementsAre("test_0 instance=a job=syspulse 330:330 331:331 332:332 333:333 334:334"));
}

// As if the crash came when the block was written and the log not yet set aside.
TEST_F(LossesTest, DamageOfALogThatIsInABlockAlreadyIsTold) {
  LeaveLog(300, 400);
  const std::string path = kLog;
  std::string bytes = disk.Contents(path);
  bytes[bytes.size() / 2] ^= 0x10;
  disk.SetContents(path, bytes);
  Open();
  WaitFor([&](const StoreStats&) { return !disk.Exists(path); });
  store.reset();
  ASSERT_THAT(disk.Rename(path + ".damaged", path), IsOk());
  Open();
  EXPECT_THAT(Told(300, 400), AllOf(HasSubstr(path), HasSubstr("lost")));
  AddBlock(500);
  EXPECT_EQ(disk.Contents(path + ".damaged"), bytes);
}

}  // namespace
}  // namespace syspulse
