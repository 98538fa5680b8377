#include "services/promql/table.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "services/base/status_macros.h"

namespace syspulse::promql {
namespace {

constexpr std::size_t kBlockDoubles = 8192;  // 64 KiB: few allocations, little left over

std::size_t RowsPerBlock(std::size_t steps) {
  return std::max<std::size_t>(1, kBlockDoubles / std::max<std::size_t>(1, steps));
}

}  // namespace

Table::~Table() {
  if (!labels_.empty()) {
    context_->Release(static_cast<std::int64_t>(labels_.size() * steps_));
  }
}

Table::Table(Table&& other) noexcept
    : steps_(other.steps_),
      context_(other.context_),
      labels_(std::exchange(other.labels_, {})),
      blocks_(std::exchange(other.blocks_, {})) {}

absl::Status Table::Add(const Labels& labels, std::span<const double> values) {
  const std::size_t rows_per_block = RowsPerBlock(steps_);
  if (labels_.size() == blocks_.size() * rows_per_block) {
    blocks_.emplace_back(new double[rows_per_block * steps_]);
  }
  labels_.push_back(labels);
  std::ranges::copy(values, this->values(labels_.size() - 1).begin());
  return context_->Hold(static_cast<std::int64_t>(steps_));
}

std::span<double> Table::values(std::size_t row) {
  const std::size_t rows_per_block = RowsPerBlock(steps_);
  return {blocks_[row / rows_per_block].get() + row % rows_per_block * steps_, steps_};
}

absl::Status Table::SendTo(const RowSink& sink) {
  for (std::size_t row = 0; row < size(); ++row) {
    RETURN_IF_ERROR(context_->Check());
    if (IsEmpty(values(row))) continue;
    RETURN_IF_ERROR(sink(labels(row), values(row)));
  }
  return absl::OkStatus();
}

absl::Status DistinctTable::Add(const Labels& labels, std::span<const double> values) {
  std::optional<Clash> clash;
  RETURN_IF_ERROR(Add(labels, values, 0, &clash));
  return clash ? SameLabelsTwice() : absl::OkStatus();
}

absl::Status DistinctTable::Add(const Labels& labels, std::span<const double> values,
                                std::size_t group, std::optional<Clash>* clash) {
  const auto [entry, is_new] =
      places_.try_emplace(labels, Place{.row = table_.size(), .group = group});
  if (is_new) return table_.Add(labels, values);
  Place& place = entry->second;
  const std::span<double> there = table_.values(place.row);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (IsAbsent(values[i])) continue;
    if (IsAbsent(there[i])) {
      there[i] = values[i];
    } else if (!*clash) {
      *clash = {.step = i, .in_group = group == place.group};
    }
  }
  place.group = group;
  return absl::OkStatus();
}

absl::Status SameLabelsTwice() {
  return absl::FailedPreconditionError("vector cannot contain metrics with the same labelset");
}

}  // namespace syspulse::promql
