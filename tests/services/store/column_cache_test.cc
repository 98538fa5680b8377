#include "services/store/column_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "services/store/merged_rows.h"
#include "tests/services/store/store_fixture.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;

constexpr ColumnCache::Key kKey = {.block = {.first = 1, .last = 2}, .place = 3};

ColumnCache::ColumnPtr ColumnOf(std::vector<double> values) {
  return std::make_shared<const ColumnCache::Column>(
      ColumnCache::Column{.values = std::move(values)});
}

TEST(ColumnCache, FindsWhatWasAdded) {
  ColumnCache cache(10'000);
  const auto group = cache.GroupAt(kKey);
  cache.Add(group, 5, ColumnOf({1, 2}));
  cache.Add(group, ColumnCache::kTimes,
            std::make_shared<const ColumnCache::Column>(ColumnCache::Column{.times_ms = {5, 6}}));
  cache.Add(group, 3, ColumnOf({3}));
  EXPECT_THAT(cache.GroupAt(kKey)->Find(5)->values, ElementsAre(1, 2));
  EXPECT_THAT(cache.GroupAt(kKey)->Find(3)->values, ElementsAre(3));
  EXPECT_THAT(cache.GroupAt(kKey)->Find(ColumnCache::kTimes)->times_ms, ElementsAre(5, 6));
  EXPECT_EQ(cache.GroupAt(kKey)->Find(4), nullptr);
  EXPECT_EQ(cache.GroupAt({.block = {.first = 1, .last = 3}, .place = 3})->Find(5), nullptr);
  EXPECT_EQ(cache.GroupAt({.block = {.first = 1, .last = 2}, .place = 4})->Find(5), nullptr);
}

TEST(ColumnCache, WhatWasNotFoundGoesFirst) {
  ColumnCache cache(3 * 1200);
  const auto group = cache.GroupAt(kKey);
  for (std::uint32_t i = 0; i < 3; ++i) cache.Add(group, i, ColumnOf(std::vector<double>(100)));
  group->Find(0);
  cache.Add(group, 3, ColumnOf(std::vector<double>(100)));
  EXPECT_NE(group->Find(0), nullptr);
  EXPECT_EQ(group->Find(1), nullptr);
  EXPECT_NE(group->Find(2), nullptr);
  EXPECT_LE(cache.bytes(), cache.limit());
}

TEST(ColumnCache, MakesRoomWhereAllWasFound) {
  ColumnCache cache(3 * 1200);
  const auto group = cache.GroupAt(kKey);
  for (std::uint32_t i = 0; i < 3; ++i) cache.Add(group, i, ColumnOf(std::vector<double>(100)));
  for (std::uint32_t i = 0; i < 3; ++i) group->Find(i);
  cache.Add(group, 3, ColumnOf(std::vector<double>(100)));
  EXPECT_EQ(group->Find(0), nullptr);
  EXPECT_NE(group->Find(3), nullptr);
  EXPECT_LE(cache.bytes(), cache.limit());
}

TEST(ColumnCache, WhatIsLargerThanAllOfItDrivesNothingOut) {
  ColumnCache cache(2000);
  const auto group = cache.GroupAt(kKey);
  cache.Add(group, 0, ColumnOf({1}));
  cache.Add(group, 1, ColumnOf(std::vector<double>(1000)));
  EXPECT_NE(group->Find(0), nullptr);
  EXPECT_EQ(group->Find(1), nullptr);
}

TEST(ColumnCache, AddingTwiceCountsOnce) {
  ColumnCache cache(2000);
  const auto group = cache.GroupAt(kKey);
  cache.Add(group, 0, ColumnOf({1}));
  const std::size_t bytes = cache.bytes();
  cache.Add(group, 0, ColumnOf({1}));
  EXPECT_EQ(cache.bytes(), bytes);
}

// Groups come and go with blocks.
TEST(ColumnCache, ForgetsGroupsThatHoldNothing) {
  ColumnCache cache(1200);
  for (std::uint32_t place = 0; place < 1000; ++place) {
    cache.Add(cache.GroupAt({.block = kKey.block, .place = place}), 0,
              ColumnOf(std::vector<double>(100)));
  }
  EXPECT_EQ(cache.GroupAt({.block = kKey.block, .place = 0})->Find(0), nullptr);
  EXPECT_NE(cache.GroupAt({.block = kKey.block, .place = 999})->Find(0), nullptr);
  EXPECT_LE(cache.bytes(), cache.limit());
}

TEST(ColumnCache, SeveralThreadsFindAndAdd) {
  ColumnCache cache(20 * 1200);
  const auto work = [&](std::uint32_t first) {
    for (std::uint32_t i = first; i < first + 2000; ++i) {
      const auto group = cache.GroupAt({.block = kKey.block, .place = i % 3});
      if (group->Find(i % 17) == nullptr) {
        cache.Add(group, i % 17, ColumnOf(std::vector<double>(100, i % 17)));
      }
      const auto found = group->Find(i % 17);
      EXPECT_TRUE(found == nullptr || found->values.front() == i % 17);
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::uint32_t i = 0; i < 4; ++i) threads.emplace_back(work, i * 1000);
  }
  EXPECT_GT(cache.bytes(), 0U);
  EXPECT_LE(cache.bytes(), cache.limit());
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
  std::vector<std::size_t> fall;  // how many places may
  Selection selection = store->Select({}, kEver);
  for (std::size_t i = 0; i < selection.size(); ++i) {
    const auto samples = selection.Read(i);
    ASSERT_THAT(samples, IsOk());
    const FallRange falls = samples->facts.falls;
    fall.push_back(falls.end - falls.begin);
    const bool finite =
        std::ranges::all_of(samples->values, [](double value) { return std::isfinite(value); });
    EXPECT_TRUE(finite || !samples->facts.numbers);
    EXPECT_TRUE(falls == FallRange() || falls == FallRangeOf(samples->values));
  }
  const FallRange unknown;
  EXPECT_THAT(fall, ElementsAre(0, 49, 0, 0, unknown.end, 9));
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
