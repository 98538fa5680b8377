#include "services/store/merged_rows.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <numeric>
#include <utility>

#include "services/base/status_macros.h"

namespace syspulse {

bool AreNumbers(std::span<const double> values) {
  // Only NaN and infinities differ from themselves by anything but zero. That loop takes several at
  // once, in lanes that do not wait for each other.
  constexpr std::size_t kLanes = 8;
  std::array<std::uint64_t, kLanes> differences{};
  const auto add = [&](std::size_t lane, double value) {
    differences[lane] |= std::bit_cast<std::uint64_t>(value - value);
  };
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) add(lane, values[i + lane]);
  }
  for (; i < values.size(); ++i) add(0, values[i]);
  return std::ranges::all_of(differences, [](std::uint64_t bits) { return bits == 0; });
}

bool HasAbsent(std::span<const double> values) {
  return !AreNumbers(values) && std::ranges::any_of(values, IsAbsent);
}

bool Ascend(std::span<const std::int64_t> times_ms) {
  return std::ranges::adjacent_find(times_ms, std::greater_equal<>()) == times_ms.end();
}

ColumnFacts FactsOf(std::span<const double> values) {
  return {.numbers = AreNumbers(values), .falls = FallRangeOf(values)};
}

absl::StatusOr<MergedRows> MergedRows::Create(std::vector<RowGroupPtr> parts,
                                              std::vector<absl::Status>* damage) {
  MergedRows merged;
  if (parts.size() == 1) {
    ASSIGN_OR_RETURN(const bool shared, merged.ShareTimesOf(parts.front()));
    if (shared) return merged;
  }
  std::vector<std::int64_t> times_ms;
  for (RowGroupPtr& part : parts) {
    const std::size_t begin = times_ms.size();
    times_ms.resize(begin + part->rows());
    const absl::Status status = part->ReadTimes(std::span(times_ms).subspan(begin));
    if (status.ok()) {
      merged.parts_.push_back(std::move(part));
      continue;
    }
    if (!absl::IsDataLoss(status)) return status;
    damage->push_back(status);
    times_ms.resize(begin);
  }
  merged.part_rows_ = times_ms.size();
  merged.Sort(std::move(times_ms));
  return merged;
}

// What cannot be had that way is read and, if it is damaged, reported.
absl::StatusOr<bool> MergedRows::ShareTimesOf(const RowGroupPtr& part) {
  absl::StatusOr<SharedTimes> times_ms = part->ShareTimes();
  if (!times_ms.ok() && !absl::IsDataLoss(times_ms.status())) return times_ms.status();
  if (!times_ms.ok() || *times_ms == nullptr) return false;
  times_ms_ = *std::move(times_ms);
  part_rows_ = times_ms_->size();
  parts_.push_back(part);
  return true;
}

bool MergedRows::HoldsNumbers(std::size_t column) const {
  return std::ranges::all_of(parts_,
                             [&](const RowGroupPtr& part) { return part->HoldsNumbers(column); });
}

absl::StatusOr<SharedColumn> MergedRows::ShareColumn(std::size_t column) const {
  if (parts_.size() != 1 || !order_.empty()) return SharedColumn();
  return parts_.front()->ShareColumn(column);
}

void MergedRows::Sort(std::vector<std::int64_t> times_ms) {
  if (!Ascend(times_ms)) {
    order_.resize(times_ms.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    // Stable, so that of equal times the first part's comes first.
    std::ranges::stable_sort(order_, {}, [&](std::size_t row) { return times_ms[row]; });
    std::vector<std::int64_t> sorted;
    sorted.reserve(order_.size());
    for (const std::size_t row : order_) sorted.push_back(times_ms[row]);
    times_ms = std::move(sorted);
    if (std::ranges::adjacent_find(times_ms) != times_ms.end()) Unite(&times_ms);
  }
  times_ms_ = std::make_shared<const std::vector<std::int64_t>>(std::move(times_ms));
}

void MergedRows::Unite(std::vector<std::int64_t>* times_ms) {
  std::size_t place = 0;
  for (std::size_t i = 0; i < times_ms->size(); ++i) {
    if (i > 0 && (*times_ms)[i] != (*times_ms)[i - 1]) ++place;
    places_.push_back(place);
  }
  times_ms->erase(std::unique(times_ms->begin(), times_ms->end()), times_ms->end());
}

absl::Status MergedRows::ReadColumn(std::size_t column, std::span<double> out,
                                    std::vector<absl::Status>* damage) {
  if (!order_.empty()) unordered_.resize(part_rows_);
  const std::span<double> rows = order_.empty() ? out : std::span<double>(unordered_);
  std::size_t begin = 0;
  for (const RowGroupPtr& part : parts_) {
    const std::span<double> own = rows.subspan(begin, part->rows());
    begin += part->rows();
    const absl::Status status = part->ReadColumn(column, own);
    if (status.ok()) continue;
    if (!absl::IsDataLoss(status)) return status;
    damage->push_back(status);
    std::ranges::fill(own, AbsentValue());
  }
  for (std::size_t i = 0; i < order_.size(); ++i) {
    const double value = unordered_[order_[i]];
    const std::size_t place = places_.empty() ? i : places_[i];
    const bool first = i == 0 || places_.empty() || places_[i - 1] != place;
    if (first || IsAbsent(out[place])) out[place] = value;
  }
  return absl::OkStatus();
}

}  // namespace syspulse
