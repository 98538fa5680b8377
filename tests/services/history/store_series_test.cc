#include "services/history/store_series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/promql/series_source.h"
#include "tests/services/store/store_fixture.h"
#include "tests/testing/fake_clock.h"

namespace syspulse {
namespace {

constexpr int kSeries = 700;
constexpr int kRows = 40;

class StoreSeriesTest : public StoreTest {
 protected:
  StoreSeriesTest() {
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

  std::vector<std::unique_ptr<promql::SeriesReader>> Readers() {
    const promql::QueryContext context({}, query_clock_, {});
    return StoreSeries(store.get()).Select({}, kAll, context).value();
  }
  std::unique_ptr<promql::SelectedSeries> ForThreads() {
    return StoreSeries(store.get()).SelectForThreads({}, kAll).value();
  }

  // Expects the samples of the series that is called so.
  static void ExpectSamples(const promql::Labels& labels,
                            const absl::StatusOr<promql::SampleSpan>& samples) {
    ASSERT_THAT(samples, IsOk());
    ASSERT_EQ(samples->values.size(), static_cast<std::size_t>(kRows));
    const int number = std::stoi(std::string(labels.Get("n")));
    for (int row = 0; row < kRows; ++row) {
      EXPECT_EQ(samples->values[static_cast<std::size_t>(row)], number * 1000 + row);
      EXPECT_EQ(samples->times_ms[static_cast<std::size_t>(row)], kStart + row * 1000);
    }
  }

  static constexpr promql::TimeRange kAll = {.start_ms = kStart, .end_ms = kStart + 1'000'000};
  FakeClock query_clock_;
};

TEST_F(StoreSeriesTest, ReadersReturnEachSeriesInAnyOrder) {
  const auto readers = Readers();
  ASSERT_EQ(readers.size(), static_cast<std::size_t>(kSeries));
  for (const std::size_t i : {0, 1, 500, 2, 3, 699, 0}) {
    ExpectSamples(readers[i]->labels(), readers[i]->Read());
  }
}

TEST_F(StoreSeriesTest, WhatWasReadStaysWhileOthersAre) {
  const auto readers = Readers();
  std::vector<promql::SampleSpan> all;
  for (const auto& reader : readers) all.push_back(reader->Read().value());
  for (std::size_t i = 0; i < readers.size(); ++i) ExpectSamples(readers[i]->labels(), all[i]);
}

TEST_F(StoreSeriesTest, ReadersGoOnPartByPart) {
  const auto readers = Readers();
  ExpectSamples(readers[0]->labels(), readers[0]->Read());
  const auto part = readers[1]->ReadPart();
  ASSERT_THAT(part, IsOk());
  ExpectSamples(readers[1]->labels(), **part);
  EXPECT_FALSE(readers[1]->ReadPart().value().has_value());
}

TEST_F(StoreSeriesTest, SeveralThreadsReadTheSeriesOfOneSelection) {
  const auto selected = ForThreads();
  ASSERT_EQ(selected->size(), static_cast<std::size_t>(kSeries));
  std::vector<promql::Labels> labels;
  for (std::size_t i = 0; i < selected->size(); ++i) labels.push_back(selected->labels(i));
  std::vector<std::jthread> threads;
  for (std::size_t first = 0; first < 3; ++first) {
    threads.emplace_back([&, first] {
      const auto cursor = selected->NewCursor();
      for (std::size_t i = first; i < labels.size(); i += 2) {
        ExpectSamples(labels[i], cursor->Read(i));
      }
    });
  }
}

TEST_F(StoreSeriesTest, WhoLooksAtTimesAloneGetsNumbersThatAreNotDecoded) {
  const auto selected = ForThreads();
  const auto cursor = selected->NewCursor();
  for (std::size_t i = 0; i < selected->size(); ++i) {
    const auto samples = cursor->Read(i);
    const auto presence = cursor->ReadPresence(i);
    ASSERT_THAT(presence, IsOk());
    EXPECT_TRUE(presence->numbers);
    EXPECT_THAT(presence->times_ms, testing::ElementsAreArray(samples->times_ms));
    EXPECT_THAT(presence->values, testing::Each(0));
  }
}

TEST_F(StoreSeriesTest, ThreadsReadTheSameSeriesAsReaders) {
  const auto readers = Readers();
  const auto selected = ForThreads();
  const auto cursor = selected->NewCursor();
  for (std::size_t i = 0; i < readers.size(); ++i) {
    EXPECT_EQ(selected->labels(i), readers[i]->labels());
    const auto one = readers[i]->Read();
    const auto other = cursor->Read(i);
    EXPECT_THAT(one->values, testing::ElementsAreArray(other->values));
    EXPECT_THAT(one->times_ms, testing::ElementsAreArray(other->times_ms));
  }
}

}  // namespace
}  // namespace syspulse
