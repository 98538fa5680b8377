#include "services/history/store_series.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

#include "services/base/status_macros.h"
#include "services/store/appender.h"
#include "services/store/series_page.h"

namespace syspulse {
namespace {

LabelMatcher::Kind KindOf(promql::MatchKind kind) {
  switch (kind) {
    case promql::MatchKind::kEqual:
      return LabelMatcher::Kind::kEqual;
    case promql::MatchKind::kNotEqual:
      return LabelMatcher::Kind::kNotEqual;
    case promql::MatchKind::kRegex:
      return LabelMatcher::Kind::kRegex;
    case promql::MatchKind::kNotRegex:
      return LabelMatcher::Kind::kNotRegex;
  }
  return LabelMatcher::Kind::kEqual;
}

promql::Labels LabelsOf(const LabelViews& views) {
  std::vector<promql::Label> labels;
  labels.reserve(views.size());
  for (const auto& [name, value] : views) labels.push_back({.name = name, .value = value});
  return promql::Labels::OfSorted(labels);
}

absl::StatusOr<std::vector<LabelMatcher>> MatchersOf(std::span<const promql::Matcher> matchers) {
  std::vector<LabelMatcher> made;
  for (const promql::Matcher& matcher : matchers) {
    ASSIGN_OR_RETURN(LabelMatcher one,
                     LabelMatcher::Create(KindOf(matcher.kind()), matcher.name(), matcher.value()));
    made.push_back(std::move(one));
  }
  return made;
}

// Returns the part of a range in which there can be samples.
MillisRange StoredPartOf(const promql::TimeRange& range) {
  return {.first_ms = std::max(range.start_ms, kFirstTimeMs),
          .last_ms = std::min(range.end_ms, kLastTimeMs)};
}

promql::SampleSpan SpanOf(const SeriesSamples& samples) {
  return {.owner = samples.owner,
          .times_ms = samples.times_ms,
          .values = samples.values,
          .numbers = samples.facts.numbers,
          .falls = samples.facts.falls};
}

class Reader final : public promql::SeriesReader {
 public:
  Reader(std::shared_ptr<Selection> series, std::size_t index)
      : series_(std::move(series)), index_(index), labels_(LabelsOf(series_->labels(index))) {}

  const promql::Labels& labels() const override { return labels_; }

  absl::StatusOr<promql::SampleSpan> Read() override {
    ASSIGN_OR_RETURN(const SeriesSamples samples, series_->Read(index_));
    return SpanOf(samples);
  }

  absl::StatusOr<std::optional<promql::SampleSpan>> ReadPart() override {
    if (!slices_) slices_ = series_->Slices(index_);
    if (next_slice_ == slices_->size()) return std::nullopt;
    ASSIGN_OR_RETURN(const SeriesSamples samples, series_->Read(index_, (*slices_)[next_slice_++]));
    return SpanOf(samples);
  }

  std::string damage() const override { return series_->damage(); }

 private:
  const std::shared_ptr<Selection> series_;  // of all readers of a query
  const std::size_t index_;
  const promql::Labels labels_;
  std::optional<std::vector<MillisRange>> slices_;  // once parts are read
  std::size_t next_slice_ = 0;
};

class Cursor final : public promql::SeriesCursor {
 public:
  explicit Cursor(Selection selection) : selection_(std::move(selection)) {}

  absl::StatusOr<promql::SampleSpan> Read(std::size_t index) override {
    ASSIGN_OR_RETURN(const SeriesSamples samples, selection_.Read(index));
    return SpanOf(samples);
  }
  absl::StatusOr<promql::SampleSpan> ReadPresence(std::size_t index) override {
    ASSIGN_OR_RETURN(const SeriesSamples samples, selection_.ReadPresence(index));
    return SpanOf(samples);
  }

 private:
  Selection selection_;
};

class Selected final : public promql::SelectedSeries {
 public:
  explicit Selected(Selection selection) : selection_(std::move(selection)) {}

  std::size_t size() const override { return selection_.size(); }
  std::size_t SampleEstimate() const override { return selection_.SampleEstimate(); }
  promql::Labels labels(std::size_t index) override { return LabelsOf(selection_.labels(index)); }
  std::unique_ptr<promql::SeriesCursor> NewCursor() const override {
    return std::make_unique<Cursor>(selection_.Fork());
  }
  std::string damage() const override { return selection_.damage(); }

 private:
  const Selection selection_;
};

}  // namespace

std::string StoreSeries::Losses(promql::TimeRange range) const {
  return store_->Losses(StoredPartOf(range));
}

absl::StatusOr<std::unique_ptr<promql::SelectedSeries>> StoreSeries::SelectForThreads(
    std::span<const promql::Matcher> matchers, promql::TimeRange range) const {
  ASSIGN_OR_RETURN(std::vector<LabelMatcher> wanted, MatchersOf(matchers));
  return std::make_unique<Selected>(store_->Select(std::move(wanted), StoredPartOf(range)));
}

absl::StatusOr<std::vector<std::unique_ptr<promql::SeriesReader>>> StoreSeries::Select(
    std::span<const promql::Matcher> matchers, promql::TimeRange range,
    const promql::QueryContext& context) const {
  ASSIGN_OR_RETURN(std::vector<LabelMatcher> wanted, MatchersOf(matchers));
  const auto series =
      std::make_shared<Selection>(store_->Select(std::move(wanted), StoredPartOf(range)));
  std::vector<std::unique_ptr<promql::SeriesReader>> readers;
  readers.reserve(series->size());
  for (std::size_t i = 0; i < series->size(); ++i) {
    readers.push_back(std::make_unique<Reader>(series, i));
    if (i % 1024 == 0) RETURN_IF_ERROR(context.Check());
  }
  return readers;
}

absl::StatusOr<promql::SeriesPage> StoreSeries::List(
    std::span<const std::vector<promql::Matcher>> selectors, promql::TimeRange range,
    std::size_t most, std::string_view from, const promql::QueryContext& context) const {
  SeriesPosition after;
  if (!from.empty()) {
    ASSIGN_OR_RETURN(after, ParseSeriesPosition(from));
  }
  std::vector<std::vector<LabelMatcher>> wanted;
  for (const std::vector<promql::Matcher>& matchers : selectors) {
    ASSIGN_OR_RETURN(wanted.emplace_back(), MatchersOf(matchers));
  }
  // One more tells whether there is another page.
  ASSIGN_OR_RETURN(
      const std::vector<ListedSeries> listed,
      ListSeriesBehind(store_->View(), {.selectors = wanted, .range = StoredPartOf(range)}, after,
                       most + 1, std::bind_front(&promql::QueryContext::Check, &context)));
  promql::SeriesPage page;
  for (std::size_t i = 0; i < std::min(most, listed.size()); ++i) {
    page.series.push_back(LabelsOf({listed[i].labels.begin(), listed[i].labels.end()}));
  }
  if (listed.size() > most) page.next = ToText(listed[most - 1].position);
  return page;
}

}  // namespace syspulse
