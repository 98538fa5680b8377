#include "services/store/head_group.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "services/store/merged_rows.h"

namespace syspulse {
namespace {

// The rows of a head group at one moment.
class HeadRows final : public RowGroup {
 public:
  HeadRows(std::string host, std::string source, SchemaPtr schema,
           std::vector<std::shared_ptr<const RowChunk>> chunks)
      : host_(std::move(host)),
        source_(std::move(source)),
        schema_(std::move(schema)),
        chunks_(std::move(chunks)) {
    for (const auto& chunk : chunks_) {
      const std::size_t size = chunk->size();
      sizes_.push_back(size);
      for (std::size_t row = 0; row < size; ++row) times_ms_.push_back(chunk->time_ms(row));
    }
    if (!std::is_sorted(times_ms_.begin(), times_ms_.end())) SortByTime();
  }

  const std::string& host() const override { return host_; }
  const std::string& source() const override { return source_; }
  const SchemaPtr& schema() const override { return schema_; }
  MillisRange range() const override {
    return {.first_ms = times_ms_.front(), .last_ms = times_ms_.back()};
  }
  std::size_t rows() const override { return times_ms_.size(); }

  absl::Status ReadTimes(std::span<std::int64_t> out) const override {
    std::copy(times_ms_.begin(), times_ms_.end(), out.begin());
    return absl::OkStatus();
  }

  absl::Status ReadColumn(std::size_t column, std::span<double> out) const override {
    std::size_t at = 0;
    for (std::size_t i = 0; i < chunks_.size(); ++i) {
      for (std::size_t row = 0; row < sizes_[i]; ++row, ++at) {
        out[places_.empty() ? at : places_[at]] = chunks_[i]->value(row, column);
      }
    }
    return absl::OkStatus();
  }

 private:
  // Rows that came late stand behind those that came before them.
  void SortByTime() {
    std::vector<std::size_t> order(times_ms_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [this](std::size_t a, std::size_t b) { return times_ms_[a] < times_ms_[b]; });
    places_.resize(order.size());
    std::vector<std::int64_t> sorted;
    for (std::size_t place = 0; place < order.size(); ++place) {
      places_[order[place]] = place;
      sorted.push_back(times_ms_[order[place]]);
    }
    times_ms_ = std::move(sorted);
  }

  const std::string host_;
  const std::string source_;
  const SchemaPtr schema_;
  const std::vector<std::shared_ptr<const RowChunk>> chunks_;
  std::vector<std::size_t> sizes_;      // rows of each chunk that belong to this
  std::vector<std::int64_t> times_ms_;  // ascending
  std::vector<std::size_t> places_;     // of the rows in time; empty if they came in that order
};

}  // namespace

void RowChunk::Add(std::int64_t time_ms, std::span<const double> values) {
  const std::size_t row = size_.load(std::memory_order_relaxed);
  times_ms_[row] = time_ms;
  std::copy(values.begin(), values.end(), values_.get() + row * columns_);
  size_.store(row + 1, std::memory_order_release);
}

Filled RowChunk::Fill(std::size_t row, std::span<const double> values) {
  Filled filled;
  for (std::size_t column = 0; column < values.size(); ++column) {
    if (IsAbsent(values[column])) continue;
    const double known = value(row, column);
    if (IsAbsent(known)) {
      std::atomic_ref<double>(values_[row * columns_ + column])
          .store(values[column], std::memory_order_relaxed);
      ++filled.taken;
    } else if (std::memcmp(&known, &values[column], sizeof(known)) != 0) {
      if (filled.conflicting++ == 0) filled.first_conflict = column;
    }
  }
  return filled;
}

Filled HeadGroup::Fill(std::int64_t time_ms, std::span<const double> values) {
  MutexLock lock(mutex_);
  if (const std::optional<std::size_t> row = FindLocked(time_ms)) {
    return chunks_[*row / RowChunk::kRows]->Fill(*row % RowChunk::kRows, values);
  }
  const std::int64_t there =
      std::ranges::count_if(values, [](double value) { return !IsAbsent(value); });
  if (there == 0) return {};
  AddLocked(time_ms, values);
  return {.new_row = true, .taken = there};
}

std::int64_t HeadGroup::TimeLocked(std::size_t row) const {
  return chunks_[row / RowChunk::kRows]->time_ms(row % RowChunk::kRows);
}

std::optional<std::vector<double>> HeadGroup::ReadRow(std::int64_t time_ms) const {
  MutexLock lock(mutex_);
  const std::optional<std::size_t> row = FindLocked(time_ms);
  if (!row) return std::nullopt;
  std::vector<double> values(schema_->series().size());
  for (std::size_t column = 0; column < values.size(); ++column) {
    values[column] = chunks_[*row / RowChunk::kRows]->value(*row % RowChunk::kRows, column);
  }
  return values;
}

std::optional<std::size_t> HeadGroup::FindLocked(std::int64_t time_ms) const {
  if (rows_ == 0 || time_ms < range_.first_ms || time_ms > range_.last_ms) return std::nullopt;
  if (ascending_) {
    std::size_t row = rows_ - 1;  // the newest, mostly
    if (TimeLocked(row) > time_ms) {
      std::size_t below = 0;
      while (below < row) {
        const std::size_t middle = below + (row - below) / 2;
        if (TimeLocked(middle) < time_ms) {
          below = middle + 1;
        } else {
          row = middle;
        }
      }
    }
    return TimeLocked(row) == time_ms ? std::optional(row) : std::nullopt;
  }
  for (; indexed_rows_ < rows_; ++indexed_rows_) {
    by_time_.emplace(TimeLocked(indexed_rows_), indexed_rows_);
  }
  const auto found = by_time_.find(time_ms);
  return found != by_time_.end() ? std::optional(found->second) : std::nullopt;
}

void HeadGroup::Add(std::int64_t time_ms, std::span<const double> values) {
  MutexLock lock(mutex_);
  AddLocked(time_ms, values);
}

void HeadGroup::AddLocked(std::int64_t time_ms, std::span<const double> values) {
  if (chunks_.empty() || chunks_.back()->full()) {
    chunks_.push_back(std::make_shared<RowChunk>(schema_->series().size()));
  }
  chunks_.back()->Add(time_ms, values);
  const bool first = rows_++ == 0;
  ascending_ = first || (ascending_ && time_ms > range_.last_ms);
  range_.first_ms = first ? time_ms : std::min(range_.first_ms, time_ms);
  range_.last_ms = first ? time_ms : std::max(range_.last_ms, time_ms);
}

std::size_t HeadGroup::rows() const {
  MutexLock lock(mutex_);
  return rows_;
}

MillisRange HeadGroup::range() const {
  MutexLock lock(mutex_);
  return range_;
}

RowGroupPtr HeadGroup::Rows() const {
  std::vector<std::shared_ptr<const RowChunk>> chunks;
  {
    MutexLock lock(mutex_);
    if (chunks_.empty()) return nullptr;
    chunks.assign(chunks_.begin(), chunks_.end());
  }
  return std::make_shared<HeadRows>(host_, source_, schema_, std::move(chunks));
}

}  // namespace syspulse
