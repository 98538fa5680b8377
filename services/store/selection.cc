#include "services/store/selection.h"

#include <algorithm>
#include <cstdint>

#include "services/base/status_macros.h"

namespace syspulse {
namespace {

// Columns that others keep, held on to together.
struct SharedColumns {
  SharedTimes times_ms;
  SharedValues values;
};

constexpr std::size_t kMostOpenStreams = 8;  // schemas that one series may have been in, and fast
constexpr std::size_t kMostKeptColumns = 3;  // one is read while others are still looked at

}  // namespace

Selection::Selection(std::shared_ptr<FoundSeries> found, OnDamage on_damage,
                     std::shared_ptr<DamageNotes> damage)
    : found_(std::move(found)), on_damage_(std::move(on_damage)), damage_(std::move(damage)) {}

void Selection::Report(const std::vector<absl::Status>& damage) const {
  for (const absl::Status& status : damage) {
    on_damage_(status);
    damage_->Add(status);
  }
}

std::vector<MillisRange> Selection::Slices(std::size_t index, std::size_t most_rows) const {
  struct Rows {
    MillisRange range;
    std::size_t rows = 0;
  };
  std::vector<Rows> groups;  // of all origins
  const auto add = [&](const FoundSeries::Origin& origin) {
    const FoundSeries::Stream& stream = found_->StreamOf(origin);
    for (const auto& [block, place] : stream.block_groups) {
      const BlockGroup& group = block->reader().groups()[place];
      groups.push_back({{.first_ms = group.first_ms, .last_ms = group.last_ms}, group.rows});
    }
    for (const HeadGroupPtr& group : stream.head_groups) groups.push_back({group->range(), 0});
  };
  const FoundSeries::Series& series = found_->series()[index];
  add(series.first);
  for (const FoundSeries::Origin& origin : series.others) add(origin);
  std::ranges::sort(groups, {}, [](const Rows& group) { return group.range.first_ms; });
  std::vector<MillisRange> slices;
  std::size_t rows = 0;  // of the last slice
  for (const Rows& group : groups) {
    if (!slices.empty() &&
        (rows + group.rows <= most_rows || group.range.first_ms <= slices.back().last_ms)) {
      slices.back().last_ms = std::max(slices.back().last_ms, group.range.last_ms);
      rows += group.rows;
      continue;
    }
    slices.push_back(group.range);
    rows = group.rows;
  }
  // Each goes on to the next one, for the series may have ended between the two.
  for (std::size_t i = 0; i < slices.size(); ++i) {
    slices[i].first_ms = std::max(slices[i].first_ms, found_->range().first_ms);
    slices[i].last_ms =
        i + 1 < slices.size() ? slices[i + 1].first_ms - 1 : found_->range().last_ms;
  }
  return slices;
}

absl::StatusOr<Selection::OpenStream*> Selection::Open(const FoundSeries::Origin& origin,
                                                       const MillisRange& slice) {
  const auto known = std::ranges::find_if(open_, [&](const OpenStream& open) {
    return open.stream == origin.stream && open.slice == slice;
  });
  if (known != open_.end()) {
    open_.splice(open_.begin(), open_, known);
    return &open_.front();
  }
  const FoundSeries::Stream& stream = found_->StreamOf(origin);
  std::vector<RowGroupPtr> parts;
  std::vector<absl::Status> damage;
  for (const auto& [block, place] : stream.block_groups) {
    const BlockGroup& group = block->reader().groups()[place];
    if (!slice.Overlaps({.first_ms = group.first_ms, .last_ms = group.last_ms})) continue;
    absl::StatusOr<RowGroupPtr> part = found_->OpenGroup(stream, block, place);
    if (part.ok()) {
      parts.push_back(*std::move(part));
    } else if (absl::IsDataLoss(part.status())) {
      damage.push_back(part.status());
    } else {
      return part.status();
    }
  }
  for (const HeadGroupPtr& group : stream.head_groups) {
    if (!slice.Overlaps(group->range())) continue;
    if (RowGroupPtr part = group->Rows()) parts.push_back(std::move(part));
  }
  ASSIGN_OR_RETURN(MergedRows rows, MergedRows::Create(std::move(parts), &damage));
  Report(damage);
  const std::vector<std::int64_t>& times_ms = *rows.times_ms();
  const auto begin = std::ranges::lower_bound(times_ms, slice.first_ms) - times_ms.begin();
  const auto end = std::ranges::upper_bound(times_ms, slice.last_ms) - times_ms.begin();
  open_.push_front({.stream = origin.stream,
                    .slice = slice,
                    .rows = std::move(rows),
                    .begin = static_cast<std::size_t>(begin),
                    .end = static_cast<std::size_t>(std::max(begin, end))});
  if (open_.size() > kMostOpenStreams) open_.pop_back();
  return &open_.front();
}

// Whoever reads series one by one lets go of each: its memory serves for the next one.
std::shared_ptr<Selection::ReadColumn> Selection::UnusedColumn(std::size_t rows) {
  const auto fits = [&](const std::shared_ptr<ReadColumn>& column) {
    return column.use_count() == 1 && column->rows >= rows;
  };
  if (const auto unused = std::ranges::find_if(columns_, fits); unused != columns_.end()) {
    return *unused;
  }
  auto made = std::make_shared<ReadColumn>();
  made->values = std::make_unique_for_overwrite<double[]>(rows);
  made->rows = rows;
  if (columns_.size() >= kMostKeptColumns) columns_.erase(columns_.begin());
  columns_.push_back(made);
  return made;
}

absl::StatusOr<SeriesSamples> Selection::ReadOrigin(const FoundSeries::Origin& origin,
                                                    const MillisRange& slice, Detail detail) {
  ASSIGN_OR_RETURN(OpenStream* const stream, Open(origin, slice));
  const absl::StatusOr<SharedColumn> shared = stream->rows.ShareColumn(origin.column);
  if (!shared.ok() && !absl::IsDataLoss(shared.status())) return shared.status();
  if (shared.ok() && shared->values != nullptr) {
    const auto both = std::make_shared<SharedColumns>(
        SharedColumns{.times_ms = stream->rows.times_ms(), .values = shared->values});
    return Within(*stream, both, *both->values, shared->facts, shared->has_absent);
  }
  if (detail == Detail::kPresence && stream->rows.HoldsNumbers(origin.column)) {
    return AnyNumbers(*stream);
  }
  const std::shared_ptr<ReadColumn> column = UnusedColumn(stream->rows.rows());
  column->times_ms = stream->rows.times_ms();
  const std::span<double> values(column->values.get(), stream->rows.rows());
  std::vector<absl::Status> damage;
  RETURN_IF_ERROR(stream->rows.ReadColumn(origin.column, values, &damage));
  Report(damage);
  return Within(*stream, column, values, {}, true);
}

SeriesSamples Selection::AnyNumbers(const OpenStream& stream) {
  if (zeros_ == nullptr || zeros_->size() < stream.rows.rows()) {
    zeros_ = std::make_shared<const std::vector<double>>(stream.rows.rows());
  }
  auto both = std::make_shared<const SharedColumns>(
      SharedColumns{.times_ms = stream.rows.times_ms(), .values = zeros_});
  return Within(stream, std::move(both), *zeros_, {.numbers = true}, false);
}

SeriesSamples Selection::Within(const OpenStream& stream, std::shared_ptr<const void> owner,
                                std::span<const double> values, ColumnFacts facts,
                                bool may_have_absent) {
  const std::size_t count = stream.end - stream.begin;
  const auto times_ms = std::span(*stream.rows.times_ms()).subspan(stream.begin, count);
  values = values.subspan(stream.begin, count);
  if (may_have_absent) facts.numbers = AreNumbers(values);
  facts.falls = facts.falls.From(stream.begin);
  if (facts.numbers || !may_have_absent || std::ranges::none_of(values, IsAbsent)) {
    return SeriesSamples{
        .owner = std::move(owner), .times_ms = times_ms, .values = values, .facts = facts};
  }
  OwnSamples own;
  for (std::size_t i = 0; i < count; ++i) {
    if (!IsAbsent(values[i])) own.Add(times_ms[i], values[i]);
  }
  return std::move(own).Take();
}

absl::StatusOr<SeriesSamples> Selection::Read(std::size_t index, const MillisRange& slice,
                                              Detail detail) {
  const FoundSeries::Series& series = found_->series()[index];
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> ends, found_->EndsOf(series, slice));
  ASSIGN_OR_RETURN(SeriesSamples samples, ReadAll(series, slice, detail));
  return WithEnds(std::move(samples), ends);
}

absl::StatusOr<SeriesSamples> Selection::ReadAll(const FoundSeries::Series& series,
                                                 const MillisRange& slice, Detail detail) {
  if (series.others.empty()) return ReadOrigin(series.first, slice, detail);
  std::vector<SeriesSamples> pieces;
  ASSIGN_OR_RETURN(pieces.emplace_back(), ReadOrigin(series.first, slice, detail));
  for (const FoundSeries::Origin& origin : series.others) {
    ASSIGN_OR_RETURN(SeriesSamples piece, ReadOrigin(origin, slice, detail));
    pieces.push_back(std::move(piece));
  }
  return JoinSamples(pieces);
}

}  // namespace syspulse
