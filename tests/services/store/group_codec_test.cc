#include "services/store/group_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "services/store/row_patches.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Column = std::vector<double>;

const double kAbsent = std::bit_cast<double>(kAbsentBits);
const double kStale = std::bit_cast<double>(std::uint64_t{0x7ff0000000000002});
const double kInfinity = std::numeric_limits<double>::infinity();

std::vector<std::int64_t> EverySecond(std::size_t rows) {
  std::vector<std::int64_t> times(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    times[i] = 1'700'000'000'000 + static_cast<std::int64_t>(i) * 1000;
  }
  return times;
}

std::string Encode(const std::vector<std::int64_t>& times, const std::vector<Column>& columns) {
  GroupEncoder encoder(times);
  for (const Column& column : columns) encoder.AddColumn(column);
  return encoder.Finish();
}

std::vector<std::uint64_t> Bits(const Column& column) {
  std::vector<std::uint64_t> bits;
  for (const double value : column) bits.push_back(std::bit_cast<std::uint64_t>(value));
  return bits;
}

// Checks that columns come back bit by bit, and returns the bytes.
std::string ExpectRoundTrip(const std::vector<Column>& columns) {
  const auto times = EverySecond(columns.at(0).size());
  const std::string bytes = Encode(times, columns);
  const MemoryBytes source(bytes);
  const auto group = GroupView::Open(&source, 0, bytes.size(), "test");
  if (!group.ok()) {
    ADD_FAILURE() << group.status();
    return bytes;
  }
  std::vector<std::int64_t> read_times(group->rows());
  EXPECT_THAT(group->ReadTimes(read_times), IsOk());
  EXPECT_EQ(read_times, times);
  EXPECT_EQ(group->columns(), columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    Column read(group->rows());
    EXPECT_THAT(group->ReadColumn(i, read), IsOk());
    EXPECT_EQ(Bits(read), Bits(columns[i])) << "column " << i;
  }
  return bytes;
}

// Returns a column of `rows` values that `make` makes of their places.
template <typename Value>
Column Make(std::size_t rows, const Value& make) {
  Column column(rows);
  for (std::size_t i = 0; i < rows; ++i) column[i] = make(i);
  return column;
}

TEST(GroupCodec, BringsBackWhatMetricsAreLike) {
  std::mt19937_64 random(1);
  std::int64_t counter = 123'456'789;
  for (const std::size_t rows : {1U, 2U, 3U, 7U, 119U, 511U, 512U, 513U, 3600U}) {
    const auto step = [&] { return static_cast<std::int64_t>(random() % 1000); };
    ExpectRoundTrip({
        Make(rows, [](std::size_t) { return 0.0; }),
        Make(rows, [](std::size_t) { return -0.0; }),
        Make(rows, [](std::size_t) { return 42.0; }),
        Make(rows, [](std::size_t) { return 18446744073709551615.0; }),
        Make(rows, [&](std::size_t) { return static_cast<double>(counter += step()); }),
        Make(rows, [&](std::size_t) { return static_cast<double>(counter += step()) / 100; }),
        Make(rows, [&](std::size_t) { return static_cast<double>(counter += step()) * 0.001; }),
        Make(rows, [&](std::size_t) { return static_cast<double>(counter += step()) / 1e3 / 1e3; }),
        Make(rows, [&](std::size_t) { return static_cast<double>(step()) * 4096; }),
        Make(rows, [&](std::size_t) { return static_cast<double>(step()) / 7; }),
        Make(rows, [&](std::size_t) { return random() % 50 == 0 ? 1e6 : 3; }),
        Make(rows, [](std::size_t i) { return static_cast<double>(i / 100 * 1000); }),
        Make(rows, [](std::size_t i) { return static_cast<double>(i) * 1000; }),
    });
  }
}

TEST(GroupCodec, BringsBackEveryDouble) {
  std::mt19937_64 random(2);
  const std::vector<double> odd = {0.0,
                                   -0.0,
                                   kAbsent,
                                   -kAbsent,
                                   kStale,
                                   std::bit_cast<double>(~std::uint64_t{0}),
                                   kInfinity,
                                   -kInfinity,
                                   std::numeric_limits<double>::denorm_min(),
                                   -std::numeric_limits<double>::denorm_min(),
                                   std::numeric_limits<double>::max(),
                                   std::numeric_limits<double>::lowest(),
                                   std::numeric_limits<double>::min(),
                                   9007199254740992.0,
                                   9007199254740993.0,
                                   -9223372036854775808.0,
                                   2251799813685248.5,
                                   0.1,
                                   1e-15,
                                   1e300};
  std::vector<Column> columns;
  for (const double one : odd) {
    for (const double other : odd) {
      columns.push_back(Make(70, [&](std::size_t i) { return i % 9 == 4 ? other : one; }));
      columns.push_back(Make(70, [&](std::size_t i) { return i == 0 ? other : one; }));
    }
  }
  columns.push_back(Make(70, [&](std::size_t) { return odd[random() % odd.size()]; }));
  columns.push_back(Make(70, [&](std::size_t) { return std::bit_cast<double>(random()); }));
  ExpectRoundTrip(columns);
}

TEST(GroupCodec, BringsBackRowsThatWereNotMeasured) {
  for (const std::size_t every : {2U, 3U, 60U, 1000U}) {
    const auto some = [every](double value) {
      return [every, value](std::size_t i) {
        return i % every == 0 ? kAbsent : value * static_cast<double>(i);
      };
    };
    const std::string bytes = ExpectRoundTrip({Make(2000, some(0)), Make(2000, some(3)),
                                               Make(2000, some(1e-2)), Make(2000, some(1.0 / 3))});
    EXPECT_LT(bytes.size(), 2000U * 9) << every;
  }
}

TEST(GroupCodec, WhatIsRegularTakesNextToNothing) {
  EXPECT_LT(ExpectRoundTrip({Make(3600, [](std::size_t) { return 0.0; })}).size(), 40U);
  EXPECT_LT(ExpectRoundTrip({Make(3600, [](std::size_t) { return 0.25; })}).size(), 55U);
  EXPECT_LT(
      ExpectRoundTrip({Make(3600, [](std::size_t i) { return 7.5 * static_cast<double>(i); })})
          .size(),
      70U);
  // Every second value is there.
  EXPECT_LT(ExpectRoundTrip({Make(3600, [](std::size_t i) { return i % 2 == 0 ? kAbsent : 1.0; })})
                .size(),
            80U);
}

TEST(GroupCodec, AColumnThatFollowsAnotherTakesLittleMore) {
  std::mt19937_64 random(3);
  double sum = 0;
  const Column sent =
      Make(3600, [&](std::size_t) { return sum += static_cast<double>(random() % 100'000); });
  Column received = sent;
  for (double& value : received) value = value * 4096 + 12345;
  const std::size_t alone = ExpectRoundTrip({sent}).size();
  EXPECT_GT(alone, 3600U * 2);
  EXPECT_LT(ExpectRoundTrip({sent, received}).size(), alone + 60);
}

// Several columns of each kind, two of them relative to another.
std::string SomeGroup() {
  std::mt19937_64 random(5);
  double sum = 0;
  const Column first =
      Make(600, [&](std::size_t) { return sum += static_cast<double>(random() % 9); });
  Column second = first;
  second[300] = kAbsent;
  Column third = first;
  third[400] += 1;
  return Encode(
      EverySecond(600),
      {Make(600, [](std::size_t) { return 2.5; }), first, second, third,
       Make(600, [&](std::size_t) { return std::ldexp(1, -1 - static_cast<int>(random() % 99)); }),
       Make(600, [](std::size_t) { return 0.0; })});
}

TEST(GroupCodec, SaysWhatAColumnHoldsWithoutDecodingIt) {
  const auto stats = [](const Column& column) {
    const std::string bytes = Encode(EverySecond(column.size()), {column});
    const MemoryBytes source(bytes);
    return GroupView::Open(&source, 0, bytes.size(), "test")->ReadStats(0).value();
  };
  const auto expect = [&](const Column& column, double min, double max, std::size_t present) {
    const ColumnStats found = stats(column);
    EXPECT_EQ(found.min, min);
    EXPECT_EQ(found.max, max);
    EXPECT_EQ(found.present, present);
  };
  expect({0, 0, 0}, 0, 0, 3);
  expect({4, 4, 4}, 4, 4, 3);
  expect({3, -2.5, 7, kAbsent}, -2.5, 7, 3);
  expect({1.0 / 3, kAbsent, -1.0 / 7}, -1.0 / 7, 1.0 / 3, 2);
  expect({kAbsent, 5, kAbsent}, 5, 5, 1);
  Column mostly = Make(1000, [](std::size_t i) { return static_cast<double>(i); });
  mostly[500] = kInfinity;
  expect(mostly, 0, kInfinity, 1000);
  EXPECT_TRUE(std::isnan(stats({kAbsent, kAbsent}).min));
  EXPECT_EQ(stats({kAbsent, kAbsent}).present, 0U);
  EXPECT_TRUE(std::isnan(stats({kAbsent, kStale}).max));
  EXPECT_EQ(stats({kAbsent, kStale}).present, 1U);
  EXPECT_TRUE(stats({0, 0, 0}).numbers);
  EXPECT_TRUE(stats({4.5, 4.5}).numbers);
  EXPECT_TRUE(stats(Make(1000, [](std::size_t i) { return 0.1 * double(i * i); })).numbers);
  EXPECT_FALSE(stats({kInfinity, kInfinity}).numbers);
  EXPECT_FALSE(stats({kAbsent, kAbsent}).numbers);
  EXPECT_FALSE(stats(mostly).numbers);
  for (const double value : {kAbsent, kStale, -kInfinity}) {
    mostly[500] = value;
    EXPECT_FALSE(stats(mostly).numbers) << value;
  }
  const std::string bytes = SomeGroup();
  const MemoryBytes source(bytes);
  const GroupView group = GroupView::Open(&source, 0, bytes.size(), "test").value();
  std::vector<bool> numbers;
  for (std::size_t i = 0; i < group.columns(); ++i) numbers.push_back(group.HoldsNumbers(i));
  EXPECT_THAT(numbers, ElementsAre(true, true, false, true, false, true));
}

TEST(GroupCodec, BringsBackAnyTimesThatDoNotDescend) {
  std::mt19937_64 random(4);
  for (const std::int64_t first : {std::int64_t{0}, std::int64_t{-5000}, std::int64_t{1} << 60}) {
    std::vector<std::int64_t> times(1000, first);
    for (std::size_t i = 1; i < times.size(); ++i) {
      times[i] =
          times[i - 1] + static_cast<std::int64_t>(random() % 5 == 0 ? random() % 100'000 : 1000);
    }
    const std::string bytes = Encode(times, {});
    const MemoryBytes source(bytes);
    const auto group = GroupView::Open(&source, 0, bytes.size(), "test");
    ASSERT_THAT(group, IsOk());
    EXPECT_EQ(group->first_ms(), times.front());
    EXPECT_EQ(group->last_ms(), times.back());
    std::vector<std::int64_t> read(times.size());
    ASSERT_THAT(group->ReadTimes(read), IsOk());
    EXPECT_EQ(read, times);
  }
}

TEST(GroupCodec, DamageIsFoundAndCostsOnlyWhatItHits) {
  const std::string whole = SomeGroup();
  for (std::size_t place = 0; place < whole.size(); ++place) {
    std::string damaged = whole;
    damaged[place] = static_cast<char>(damaged[place] ^ (1 << place % 8));
    const MemoryBytes source(damaged);
    const auto group = GroupView::Open(&source, 0, damaged.size(), "web-1 system");
    if (!group.ok()) {
      EXPECT_EQ(group.status().code(), absl::StatusCode::kDataLoss);
      EXPECT_THAT(group.status().message(), HasSubstr("web-1 system"));
      continue;
    }
    std::vector<std::int64_t> times(group->rows());
    int lost = group->ReadTimes(times).ok() ? 0 : 1;
    for (std::size_t column = 0; column < group->columns(); ++column) {
      Column values(group->rows());
      const absl::Status status = group->ReadColumn(column, values);
      EXPECT_TRUE(status.ok() || !group->HoldsNumbers(column)) << place << " " << column;
      if (status.ok()) continue;
      EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
      EXPECT_THAT(status.message(), HasSubstr("web-1 system"));
      ++lost;
    }
    EXPECT_GE(lost, 1) << place;
    EXPECT_LE(lost, 3) << place;  // a column, and those relative to it
    EXPECT_EQ(group->Verify().code(), absl::StatusCode::kDataLoss);
  }
}

TEST(GroupCodec, WhatIsCutOffIsDamaged) {
  const std::string whole = SomeGroup();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    const MemoryBytes source(cut);
    EXPECT_EQ(GroupView::Open(&source, 0, size, "cut").status().code(),
              absl::StatusCode::kDataLoss);
  }
}

}  // namespace
}  // namespace syspulse
