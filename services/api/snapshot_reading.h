// Two frames and where their values stand: what every part of a snapshot is computed from.
#ifndef SERVICES_API_SNAPSHOT_READING_H_
#define SERVICES_API_SNAPSHOT_READING_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "services/api/snapshot_plan.h"
#include "services/model/frame.h"

namespace syspulse {

// Returns the value of a column, nothing where it was not measured.
inline std::optional<double> ValueAt(const Frame& frame, int column) {
  if (column == kNoColumn) return std::nullopt;
  const double value = frame.values[static_cast<std::size_t>(column)];
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

// Returns whether any of the columns was measured.
template <std::size_t N>
bool AnyMeasured(const Frame& frame, const Columns<N>& columns) {
  return std::ranges::any_of(columns, [&](int c) { return ValueAt(frame, c).has_value(); });
}

// Returns the number as an integer; one that is out of range becomes the nearest.
inline std::int64_t ToInt64(double number) {
  constexpr double kBeyond = 9223372036854775808.0;  // 2^63
  if (number >= kBeyond) return std::numeric_limits<std::int64_t>::max();
  if (number < -kBeyond) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(number);
}

// A frame and the one that rates are counted from, each with its plan. Borrows all four.
struct Reading {
  const Frame* frame = nullptr;
  const SnapshotPlan* plan = nullptr;
  const Frame* earlier = nullptr;  // null: there are no rates
  const SnapshotPlan* earlier_plan = nullptr;
  double seconds = 0;  // between the two

  // Returns by how much a counter grew: nothing unless it was measured twice, nothing if it went
  // down, which means that it started again.
  std::optional<double> Growth(int column, int earlier_column) const {
    if (earlier == nullptr) return std::nullopt;
    const auto now = ValueAt(*frame, column);
    const auto before = ValueAt(*earlier, earlier_column);
    if (!now || !before || *now < *before) return std::nullopt;
    return *now - *before;
  }

  std::optional<double> Rate(int column, int earlier_column) const {
    const auto growth = Growth(column, earlier_column);
    return growth ? std::optional(*growth / seconds) : std::nullopt;
  }

  std::optional<double> Value(ScalarMetric metric) const {
    return ValueAt(*frame, plan->scalars[metric]);
  }

  std::optional<double> Rate(ScalarMetric metric) const {
    if (earlier == nullptr) return std::nullopt;
    return Rate(plan->scalars[metric], earlier_plan->scalars[metric]);
  }

  // Returns the columns that the `index`-th of `parts` had in the earlier frame; null if there is
  // no earlier frame or it did not have that part.
  template <typename Part>
  const decltype(Part::columns)* Earlier(std::size_t index,
                                         std::vector<Part> SnapshotPlan::*parts) const {
    if (earlier == nullptr) return nullptr;
    const auto& key = (plan->*parts)[index].key;
    const std::vector<Part>& before = earlier_plan->*parts;
    if (index < before.size() && before[index].key == key) return &before[index].columns;
    const auto found = std::ranges::lower_bound(before, key, {}, &Part::key);
    return found != before.end() && found->key == key ? &found->columns : nullptr;
  }
};

}  // namespace syspulse

#endif  // SERVICES_API_SNAPSHOT_READING_H_
