#include "services/remote_write/series_table.h"

#include <gtest/gtest.h>

#include <string>

namespace syspulse {
namespace {

constexpr std::uint32_t kMany = 5000;

SeriesHash HashOf(std::uint32_t i) { return HashLabels("series " + std::to_string(i), 7); }

void Fill(SeriesTable* table) {
  for (std::uint32_t i = 0; i < kMany; ++i) table->Insert(HashOf(i), {.column = i});
}

TEST(SeriesTable, FindsEverySeriesInAnyOrder) {
  SeriesTable table;
  Fill(&table);
  EXPECT_EQ(table.size(), kMany);
  for (std::uint32_t i = 0; i < kMany; ++i) {
    for (const std::uint32_t at : {i, kMany - 1 - i, i * 7 % kMany}) {
      const SeriesPlace* const place = table.Find(HashOf(at));
      ASSERT_NE(place, nullptr);
      EXPECT_EQ(place->column, at);
    }
  }
  EXPECT_EQ(table.Find(HashOf(kMany)), nullptr);
}

TEST(SeriesTable, ForgetsWhatItIsTold) {
  SeriesTable table;
  Fill(&table);
  table.EraseIf([](const SeriesPlace& place) { return place.column % 100 != 0; });
  EXPECT_EQ(table.size(), kMany / 100);
  for (std::uint32_t i = 0; i < kMany; ++i) {
    EXPECT_EQ(table.Find(HashOf(i)) != nullptr, i % 100 == 0) << i;
  }
  table.Insert(HashOf(1), {.column = 1});
  EXPECT_EQ(table.Find(HashOf(1))->column, 1U);
}

TEST(SeriesTable, FingerprintsDependOnTheSeed) {
  EXPECT_EQ(HashLabels("a", 1), HashLabels("a", 1));
  EXPECT_NE(HashLabels("a", 1), HashLabels("a", 2));
  EXPECT_NE(HashLabels("a", 1), HashLabels("b", 1));
}

}  // namespace
}  // namespace syspulse
