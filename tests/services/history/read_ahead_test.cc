#include "services/history/read_ahead.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "tests/services/store/store_fixture.h"

namespace syspulse {
namespace {

constexpr int kSeries = 700;
constexpr int kRows = 400;
static_assert(kSeries * kRows > static_cast<int>(ReadAhead::kManyValues));

class ReadAheadTest : public StoreTest {
 protected:
  ReadAheadTest() {
    options.cache_bytes = 1000;  // all of it is decoded each time
    Open();
    std::vector<MetricFamily> families = {{.name = "m", .label_names = {"n"}}};
    std::vector<Series> series;
    for (int i = 0; i < kSeries; ++i) {
      series.push_back({.family = 0, .label_values = {absl::StrFormat("%d", i)}});
    }
    const SchemaPtr schema = Schema::Create(std::move(families), std::move(series)).value();
    for (int row = 0; row < kRows; ++row) {
      Frame frame{.host = "h", .source = "s", .schema = schema, .time = At(row)};
      for (int i = 0; i < kSeries; ++i) frame.values.push_back(i * 1000 + row);
      AppendAndWait(std::make_shared<const Frame>(std::move(frame)));
    }
    Reopen();  // all of it is in a block
  }

  std::unique_ptr<ReadAhead> Select() {
    return std::make_unique<ReadAhead>(store->Select({}, kEver));
  }

  // Expects the samples of the series that the labels name.
  static void ExpectSamples(ReadAhead& series, std::size_t index,
                            const absl::StatusOr<SeriesSamples>& samples) {
    ASSERT_THAT(samples, IsOk());
    ASSERT_EQ(samples->values.size(), static_cast<std::size_t>(kRows));
    std::string number;
    for (const auto& [name, value] : series.labels(index)) {
      if (name == "n") number = value;
    }
    for (int row = 0; row < kRows; ++row) {
      EXPECT_EQ(samples->values[static_cast<std::size_t>(row)], std::stoi(number) * 1000 + row);
      EXPECT_EQ(samples->times_ms[static_cast<std::size_t>(row)], kStart + row * 1000);
    }
  }
};

TEST_F(ReadAheadTest, ReturnsEachSeriesInItsTurn) {
  const auto series = Select();
  ASSERT_EQ(series->size(), static_cast<std::size_t>(kSeries));
  for (std::size_t i = 0; i < series->size(); ++i) ExpectSamples(*series, i, series->Read(i));
}

TEST_F(ReadAheadTest, WhatWasReadStaysWhileOthersAre) {
  const auto series = Select();
  std::vector<SeriesSamples> all;
  for (std::size_t i = 0; i < series->size(); ++i) all.push_back(series->Read(i).value());
  for (std::size_t i = 0; i < series->size(); ++i) ExpectSamples(*series, i, all[i]);
}

TEST_F(ReadAheadTest, WhoeverAsksInAnotherOrderGetsWhatHeAsksFor) {
  const auto series = Select();
  for (const std::size_t i : {0, 1, 500, 2, 3, 699, 0}) ExpectSamples(*series, i, series->Read(i));
  const auto backwards = Select();
  for (std::size_t i = backwards->size(); i-- > 0;) {
    ExpectSamples(*backwards, i, backwards->Read(i));
  }
}

TEST_F(ReadAheadTest, MayBeLeftInTheMiddle) {
  for (const std::size_t count : {1, 20, 600}) {
    const auto series = Select();
    for (std::size_t i = 0; i < count; ++i) ExpectSamples(*series, i, series->Read(i));
  }
}

TEST_F(ReadAheadTest, GoesOnPartByPart) {
  const auto series = Select();
  ExpectSamples(*series, 0, series->Read(0));
  EXPECT_EQ(series->Direct().Slices(1).size(), 1U);
  ExpectSamples(*series, 1, series->Direct().Read(1));
}

}  // namespace
}  // namespace syspulse
