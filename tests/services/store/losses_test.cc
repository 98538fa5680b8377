// What a start could not read: which queries are told so.
#include "services/store/losses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/store/recovery.h"
#include "tests/services/store/store_fixture.h"

namespace syspulse {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Three blocks of a host, of which the second begins at 100 s and the third at 200 s.
class LossesTest : public StoreTest {
 protected:
  LossesTest() {
    options.blocks.longest_block = absl::Seconds(1);  // never merged
    Open();
    for (const int begin : {0, 100, 200}) {
      AppendAndWait(GaugeFrame("a", "system", At(begin), {1}));
      AppendAndWait(GaugeFrame("a", "system", At(begin + 10), {2}));
      Reopen();
    }
    store.reset();
  }

  static std::string Name(int number) {
    return absl::StrFormat("/d/%010d-%010d.block", number, number);
  }
  void CutOff(const std::string& path) {
    disk.SetContents(path, disk.Contents(path).substr(0, 30));
  }
  // What a query over these seconds is told to lack.
  std::string Told(int first, int last) {
    return store->Losses({.first_ms = kStart + first * 1000, .last_ms = kStart + last * 1000});
  }
};

TEST_F(LossesTest, ABlockThatWasSetAsideIsToldWhereItsRowsMayBeMissing) {
  CutOff(Name(2));
  Open();
  EXPECT_THAT(Read(),
              ::testing::ElementsAre("test_0 instance=a job=syspulse 0:1 10:2 200:1 210:2"));
  EXPECT_THAT(Told(50, 60), AllOf(HasSubstr(Name(2)), HasSubstr("cut off")));
  EXPECT_THAT(Told(-1000, 1000), HasSubstr(Name(2)));
  EXPECT_EQ(Told(-1000, 9), "");
  EXPECT_EQ(Told(201, 1000), "");
}

TEST_F(LossesTest, LaterStartsGoOnTellingUntilTheFileIsGone) {
  CutOff(Name(2));
  Open();
  Reopen();
  EXPECT_EQ(Told(50, 60), Name(2) + ".damaged was set aside");
  EXPECT_EQ(Told(201, 1000), "");
  ASSERT_THAT(disk.Remove(Name(2) + ".damaged"), IsOk());
  EXPECT_NE(Told(50, 60), "");
  Reopen();
  EXPECT_EQ(Told(50, 60), "");
}

TEST_F(LossesTest, WithoutABlockBesideItALossHasNoBound) {
  CutOff(Name(1));
  CutOff(Name(3));
  Open();
  EXPECT_THAT(Told(-2000, -1000), HasSubstr(Name(1)));
  EXPECT_EQ(Told(101, 109), "");
  EXPECT_THAT(Told(1000, 2000), HasSubstr(Name(3)));
}

TEST_F(LossesTest, BesideWhatIsOlderThanTheBlockBefore) {
  Open();
  AppendAndWait(GaugeFrame("a", "system", At(50), {1}));
  store.reset();
  CutOff(Name(3));
  Open();
  EXPECT_THAT(Told(60, 100), HasSubstr(Name(3)));
  EXPECT_EQ(Told(0, 40), "");
  EXPECT_EQ(Told(120, 1000), "");
}

TEST_F(LossesTest, OnlyAFewAreTold) {
  for (int number = 4; number < 14; ++number) disk.SetContents(Name(number), "no block");
  Open();
  EXPECT_THAT(Told(300, 400), HasSubstr("; and more"));
  EXPECT_EQ(Told(0, 50), "");
}

TEST_F(LossesTest, DamageInTheLogIsToldBehindTheLastBlock) {
  Open();
  for (int i = 300; i < 400; ++i) AppendAndWait(GaugeFrame("a", "system", At(i), {double(i)}));
  disk.Crash(CrashKind::kLoseUnsynced, 0);
  store.reset();
  disk.Restart();
  const std::string path = "/d/0000000004.log";
  std::string bytes = disk.Contents(path);
  ASSERT_GT(bytes.size(), 1000u);
  bytes[bytes.size() / 2] ^= 0x10;
  disk.SetContents(path, bytes);
  Open();
  EXPECT_THAT(Told(300, 400), AllOf(HasSubstr(path), HasSubstr("lost")));
  EXPECT_EQ(Told(0, 50), "");
}

}  // namespace
}  // namespace syspulse
