// A source of series that holds what a test put into it.
#ifndef TESTS_TESTING_MEMORY_SERIES_H_
#define TESTS_TESTING_MEMORY_SERIES_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "services/promql/labels.h"
#include "services/promql/matcher.h"
#include "services/promql/series_source.h"
#include "tests/testing/fake_clock.h"

namespace syspulse::promql {

struct MemoryColumns {
  std::vector<std::int64_t> times_ms;
  std::vector<double> values;
};

// Hands out the samples of one series that are within a range.
class MemoryReader final : public SeriesReader {
 public:
  MemoryReader(Labels labels, std::shared_ptr<const MemoryColumns> columns, TimeRange range)
      : labels_(std::move(labels)), columns_(std::move(columns)), range_(range) {}

  const Labels& labels() const override { return labels_; }
  // All of it is one part.
  absl::StatusOr<std::optional<SampleSpan>> ReadPart() override {
    if (std::exchange(was_read_, true)) return std::nullopt;
    return Read();
  }
  absl::StatusOr<SampleSpan> Read() override {
    const std::vector<std::int64_t>& times = columns_->times_ms;
    const auto first =
        static_cast<std::size_t>(std::ranges::lower_bound(times, range_.start_ms) - times.begin());
    const auto last =
        static_cast<std::size_t>(std::ranges::upper_bound(times, range_.end_ms) - times.begin());
    const std::size_t count = last > first ? last - first : 0;
    return SampleSpan{.owner = columns_,
                      .times_ms = std::span(times).subspan(first, count),
                      .values = std::span(columns_->values).subspan(first, count)};
  }

 private:
  const Labels labels_;
  const std::shared_ptr<const MemoryColumns> columns_;
  const TimeRange range_;
  bool was_read_ = false;
};

// Hands them out to several threads, by their readers.
class MemorySelected final : public SelectedSeries {
 public:
  MemorySelected(std::vector<std::unique_ptr<SeriesReader>> readers, std::size_t samples)
      : readers_(std::move(readers)), samples_(samples) {}

  std::size_t size() const override { return readers_.size(); }
  std::size_t SampleEstimate() const override { return samples_; }
  Labels labels(std::size_t index) override { return readers_[index]->labels(); }
  std::unique_ptr<SeriesCursor> NewCursor() const override {
    return std::make_unique<Cursor>(&readers_);
  }

 private:
  class Cursor final : public SeriesCursor {
   public:
    explicit Cursor(const std::vector<std::unique_ptr<SeriesReader>>* readers)
        : readers_(readers) {}
    absl::StatusOr<SampleSpan> Read(std::size_t index) override {
      return (*readers_)[index]->Read();
    }
    // With numbers of its own, so that whoever looks at them is found out.
    absl::StatusOr<SampleSpan> ReadPresence(std::size_t index) override {
      absl::StatusOr<SampleSpan> samples = Read(index);
      if (!samples.ok()) return samples;
      auto columns = std::make_shared<MemoryColumns>();
      columns->times_ms.assign(samples->times_ms.begin(), samples->times_ms.end());
      for (const double value : samples->values) {
        const auto places = static_cast<double>(columns->values.size() % 7);
        columns->values.push_back(std::isfinite(value) ? -places * 1e3 : value);
      }
      return SampleSpan{.owner = columns, .times_ms = columns->times_ms, .values = columns->values};
    }

   private:
    const std::vector<std::unique_ptr<SeriesReader>>* const readers_;
  };

  const std::vector<std::unique_ptr<SeriesReader>> readers_;
  const std::size_t samples_;
};

// Thread-safe while nobody adds.
class MemorySource final : public SeriesSource {
 public:
  // Adds a sample; one of the same series and time is replaced. Not while a query reads.
  void Add(const Labels& labels, std::int64_t time_ms, double value) {
    std::shared_ptr<MemoryColumns>& columns = series_[labels];
    if (columns == nullptr) columns = std::make_shared<MemoryColumns>();
    const auto place = std::ranges::lower_bound(columns->times_ms, time_ms);
    const auto index = place - columns->times_ms.begin();
    if (place != columns->times_ms.end() && *place == time_ms) {
      columns->values[static_cast<std::size_t>(index)] = value;
      return;
    }
    columns->times_ms.insert(place, time_ms);
    columns->values.insert(columns->values.begin() + index, value);
  }

  // Has a series hold these samples, whose times ascend. Not while a query reads.
  void Set(const Labels& labels, MemoryColumns columns) {
    series_[labels] = std::make_shared<MemoryColumns>(std::move(columns));
  }

  void Clear() { series_.clear(); }

  // Says that `what` is missing of all that was measured before then. Not while a query reads.
  void Lose(std::int64_t before_ms, std::string what) {
    lost_before_ms_ = before_ms;
    lost_ = std::move(what);
  }

  std::string Losses(TimeRange range) const override {
    return range.start_ms < lost_before_ms_ ? lost_ : "";
  }

  absl::StatusOr<std::vector<std::unique_ptr<SeriesReader>>> Select(
      std::span<const Matcher> matchers, TimeRange range, const QueryContext&) const override {
    std::vector<std::unique_ptr<SeriesReader>> readers;
    for (const auto& entry : series_) {
      const Labels& labels = entry.first;  // clang captures no structured bindings
      const bool meant = std::ranges::all_of(
          matchers, [&](const Matcher& m) { return m.Matches(labels.Get(m.name())); });
      if (meant) readers.push_back(std::make_unique<MemoryReader>(labels, entry.second, range));
    }
    return readers;
  }

  absl::StatusOr<std::unique_ptr<SelectedSeries>> SelectForThreads(
      std::span<const Matcher> matchers, TimeRange range) const override {
    const FakeClock clock;
    auto readers = Select(matchers, range, QueryContext({}, clock, {}));
    if (!readers.ok()) return readers.status();
    std::size_t samples = 0;
    for (const auto& reader : *readers) samples += series_.at(reader->labels())->times_ms.size();
    return std::make_unique<MemorySelected>(*std::move(readers), samples);
  }

 private:
  std::map<Labels, std::shared_ptr<MemoryColumns>> series_;
  std::int64_t lost_before_ms_ = std::numeric_limits<std::int64_t>::min();
  std::string lost_;
};

}  // namespace syspulse::promql

#endif  // TESTS_TESTING_MEMORY_SERIES_H_
