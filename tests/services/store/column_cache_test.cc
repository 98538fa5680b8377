#include "services/store/column_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "services/store/merged_rows.h"
#include "tests/services/store/store_fixture.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;

ColumnCache::Key KeyOf(std::uint32_t column) {
  return {.block = {.first = 1, .last = 2}, .group = 3, .column = column};
}

ColumnCache::ColumnPtr ColumnOf(std::vector<double> values) {
  return std::make_shared<const ColumnCache::Column>(
      ColumnCache::Column{.values = std::move(values)});
}

TEST(ColumnCache, FindsWhatWasAdded) {
  ColumnCache cache(10'000);
  cache.Add(KeyOf(0), ColumnOf({1, 2}));
  cache.Add(KeyOf(ColumnCache::kTimes),
            std::make_shared<const ColumnCache::Column>(ColumnCache::Column{.times_ms = {5, 6}}));
  EXPECT_THAT(cache.Find(KeyOf(0))->values, ElementsAre(1, 2));
  EXPECT_THAT(cache.Find(KeyOf(ColumnCache::kTimes))->times_ms, ElementsAre(5, 6));
  EXPECT_EQ(cache.Find(KeyOf(1)), nullptr);
  EXPECT_EQ(cache.Find({.block = {.first = 1, .last = 3}, .group = 3, .column = 0}), nullptr);
  EXPECT_EQ(cache.Find({.block = {.first = 1, .last = 2}, .group = 4, .column = 0}), nullptr);
}

TEST(ColumnCache, WhatIsUsedLeastGoesFirst) {
  ColumnCache cache(3 * 1200);
  for (std::uint32_t i = 0; i < 3; ++i) cache.Add(KeyOf(i), ColumnOf(std::vector<double>(100)));
  cache.Find(KeyOf(0));
  cache.Add(KeyOf(3), ColumnOf(std::vector<double>(100)));
  EXPECT_NE(cache.Find(KeyOf(0)), nullptr);
  EXPECT_EQ(cache.Find(KeyOf(1)), nullptr);
  EXPECT_NE(cache.Find(KeyOf(2)), nullptr);
  EXPECT_LE(cache.bytes(), cache.limit());
}

TEST(ColumnCache, WhatIsLargerThanAllOfItDrivesNothingOut) {
  ColumnCache cache(2000);
  cache.Add(KeyOf(0), ColumnOf({1}));
  cache.Add(KeyOf(1), ColumnOf(std::vector<double>(1000)));
  EXPECT_NE(cache.Find(KeyOf(0)), nullptr);
  EXPECT_EQ(cache.Find(KeyOf(1)), nullptr);
}

TEST(ColumnCache, AddingTwiceCountsOnce) {
  ColumnCache cache(2000);
  cache.Add(KeyOf(0), ColumnOf({1}));
  const std::size_t bytes = cache.bytes();
  cache.Add(KeyOf(0), ColumnOf({1}));
  EXPECT_EQ(cache.bytes(), bytes);
}

class CachedStoreTest : public StoreTest {
 protected:
  // A block with rows of two hosts.
  void Fill() {
    Open();
    for (int i = 0; i < 50; ++i) {
      AppendAndWait(GaugeFrame("a", "system", At(i), {1.5 * i, -1.0 * i, 7}));
      AppendAndWait(GaugeFrame("b", "system", At(i), {2.5 * i}));
    }
    Reopen();
  }
};

TEST_F(CachedStoreTest, ReadingAgainAsksTheDiskForNothing) {
  Fill();
  const std::vector<std::string> first = Read();
  const int calls = disk.Calls(Operation::kRead);
  EXPECT_EQ(Read(), first);
  EXPECT_EQ(disk.Calls(Operation::kRead), calls);
}

TEST_F(CachedStoreTest, WhatIsSaidOfValuesHoldsForThem) {
  Fill();
  for (int i = 50; i < 60; ++i) {
    AppendAndWait(
        GaugeFrame("c", "system", At(i), {i % 4 == 0 ? AbsentValue() : i, 1.0 / (i - 55)}));
  }
  Reopen();
  std::vector<bool> rising;
  Selection selection = store->Select({}, kEver);
  for (std::size_t i = 0; i < selection.size(); ++i) {
    const auto samples = selection.Read(i);
    ASSERT_THAT(samples, IsOk());
    rising.push_back(samples->facts.rising);
    const bool finite =
        std::ranges::all_of(samples->values, [](double value) { return std::isfinite(value); });
    EXPECT_TRUE(finite || !samples->facts.numbers);
    EXPECT_TRUE(std::ranges::is_sorted(samples->values) || !samples->facts.rising);
  }
  EXPECT_THAT(rising, ElementsAre(true, false, true, true, false, false));
}

TEST_F(CachedStoreTest, WhatIsLargeIsReadPastTheCache) {
  options.cache_bytes = 1000;
  Fill();
  const std::vector<std::string> first = Read();
  const int calls = disk.Calls(Operation::kRead);
  EXPECT_EQ(Read(), first);
  EXPECT_GT(disk.Calls(Operation::kRead), calls);
}

TEST_F(CachedStoreTest, AnErrorOfTheDiskIsNotRemembered) {
  Fill();
  disk.Fail(Operation::kRead, absl::UnavailableError("EIO"));
  Selection failing = store->Select({}, kEver);
  EXPECT_THAT(failing.Read(0),
              StatusIs(absl::StatusCode::kUnavailable, ::testing::HasSubstr("EIO")));
  EXPECT_EQ(Read().size(), 4u);
}

}  // namespace
}  // namespace syspulse
