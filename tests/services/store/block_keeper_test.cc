// Which blocks are merged and dropped, where hosts have the wrong time.
#include "services/store/block_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/testing/frames.h"
#include "tests/testing/memory_file_system.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kHourMs = 3'600'000;
const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);
const absl::Time kYear1970 = absl::FromUnixSeconds(60);
const absl::Time kYear2070 = absl::FromUnixSeconds(3'155'760'000);

// Blocks of an hour each, in which three hosts have the right time and one has another.
class BlockKeeperTest : public ::testing::Test {
 protected:
  void AddHour(int hour, absl::Time strange) {
    const absl::Time start = kNow + absl::Hours(hour);
    for (const char* host : {"a", "b", "c"}) {
      for (int minute = 0; minute < 60; ++minute) Add(host, start + absl::Minutes(minute));
    }
    Add("strange", strange + absl::Hours(hour));
    contents.Freeze(++segment);
    ASSERT_THAT(keeper.FlushOnce(), IsOk());
  }

  void Add(const std::string& host, absl::Time time) {
    contents.View().active->Add(host, "system", schema, absl::ToUnixMillis(time), {{1.0}});
  }

  // The hours that blocks hold of the hosts whose time is right.
  std::vector<int> Hours() const {
    std::vector<int> hours;
    for (const BlockPtr& block : contents.View().blocks) {
      const MillisRange range = block->usual_range();
      hours.push_back(int((range.last_ms - range.first_ms) / kHourMs) + 1);
    }
    return hours;
  }

  MemoryFileSystem disk;
  SharedSchemas schemas;
  SchemaPtr schema = GaugeFrame("a", "system", kNow, {1})->schema;
  std::uint64_t segment = 1;
  Contents contents{std::make_shared<Head>(1), {}, {}};
  BlockKeeper keeper{&disk, "/d", &contents, &schemas, {}};
};

TEST_F(BlockKeeperTest, AHostWithTheWrongYearKeepsNoBlocksFromBeingMerged) {
  for (int i = 0; i < 4; ++i) AddHour(i, i % 2 == 0 ? kYear1970 : kYear2070);
  ASSERT_THAT(keeper.MergeOnce([] { return true; }), IsOk());
  EXPECT_THAT(Hours(), ElementsAre(4));
}

TEST_F(BlockKeeperTest, WhereBlocksComeFastMoreAreMergedAtOnce) {
  const std::function<bool()> keep_on = [] { return true; };
  for (int i = 0; i < 15; ++i) AddHour(i, kNow);
  EXPECT_FALSE(*keeper.MergeOnce(keep_on, /*busy=*/true));
  AddHour(15, kNow);
  EXPECT_TRUE(*keeper.MergeOnce(keep_on, /*busy=*/true));
  EXPECT_THAT(Hours(), ElementsAre(16));
}

TEST_F(BlockKeeperTest, AllThatAreThereAreMergedAtOnce) {
  for (int i = 0; i < 6; ++i) AddHour(i, kNow);
  EXPECT_TRUE(*keeper.MergeOnce([] { return true; }));
  EXPECT_THAT(Hours(), ElementsAre(6));
}

TEST_F(BlockKeeperTest, AHeadBecomesABlockWhileOthersAreMerged) {
  for (int i = 0; i < 4; ++i) AddHour(i, kNow);
  int hour = 4;
  const auto flush = [&] {
    AddHour(hour++, kNow);
    return true;
  };
  EXPECT_TRUE(*keeper.MergeOnce(flush));
  EXPECT_EQ(hour, 8);  // asked before each of the four hosts
  EXPECT_THAT(Hours(), ElementsAre(4, 1, 1, 1, 1));
  EXPECT_FALSE(disk.Exists("/d/" + BlockName({.first = 1, .last = 1})));
}

TEST_F(BlockKeeperTest, BlocksThatAreDaysApartAreNotMerged) {
  for (int i = 0; i < 4; ++i) AddHour(i * 48, kNow);
  const auto merged = keeper.MergeOnce([] { return true; });
  ASSERT_THAT(merged, IsOk());
  EXPECT_FALSE(*merged);
}

TEST_F(BlockKeeperTest, AMergeTakesNoMoreRowsOfASourceThanMemoryShould) {
  for (int i = 0; i < 4; ++i) AddHour(i, kNow);
  const std::function<bool()> keep_on = [] { return true; };
  BlockKeeper bounded(&disk, "/d", &contents, &schemas, {.source_rows = 4 * 60 - 1});
  const auto none = bounded.MergeOnce(keep_on);
  ASSERT_THAT(none, IsOk());
  EXPECT_FALSE(*none);
  BlockKeeper roomy(&disk, "/d", &contents, &schemas, {.source_rows = 4 * 60});
  const auto merged = roomy.MergeOnce(keep_on);
  ASSERT_THAT(merged, IsOk());
  EXPECT_TRUE(*merged);
}

TEST_F(BlockKeeperTest, NoMergeMakesABlockOfMostOfWhatTheDiskMayHold) {
  for (int i = 0; i < 4; ++i) AddHour(i, kNow);
  std::int64_t bytes = 0;
  for (const BlockPtr& block : contents.View().blocks) bytes += block->reader().size();
  const std::function<bool()> keep_on = [] { return true; };
  BlockKeeper bounded(&disk, "/d", &contents, &schemas, {.retention_bytes = 8 * bytes - 1});
  const auto none = bounded.MergeOnce(keep_on);
  ASSERT_THAT(none, IsOk());
  EXPECT_FALSE(*none);
  BlockKeeper roomy(&disk, "/d", &contents, &schemas, {.retention_bytes = 8 * bytes + 7});
  const auto one = roomy.MergeOnce(keep_on);
  ASSERT_THAT(one, IsOk());
  EXPECT_TRUE(*one);
}

TEST_F(BlockKeeperTest, AHostOfTheFutureKeepsNoBlockUntilThen) {
  AddHour(0, kYear2070);
  AddHour(24, kYear1970);
  ASSERT_THAT(keeper.RetainOnce(kNow + absl::Hours(24 * 30)), IsOk());
  EXPECT_THAT(Hours(), ElementsAre(1, 1));
  ASSERT_THAT(keeper.RetainOnce(kNow + absl::Hours(24 * 30 + 2)), IsOk());
  EXPECT_EQ(contents.View().blocks.size(), 1u);
  ASSERT_THAT(keeper.RetainOnce(kNow + absl::Hours(24 * 31 + 2)), IsOk());
  EXPECT_THAT(contents.View().blocks, IsEmpty());
}

TEST_F(BlockKeeperTest, WhereTheDiskMustBeSparedTheFutureIsNoExcuse) {
  AddHour(0, kYear2070);
  AddHour(1, kNow);
  BlockKeeper small(&disk, "/d", &contents, &schemas,
                    {.retention_bytes = contents.View().blocks[1]->reader().size()});
  ASSERT_THAT(small.RetainOnce(kNow + absl::Hours(2)), IsOk());
  ASSERT_EQ(contents.View().blocks.size(), 1u);
  EXPECT_EQ(contents.View().blocks[0]->segments().first, 2u);
}

}  // namespace
}  // namespace syspulse
