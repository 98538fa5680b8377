// Values of one series at all steps of a query, side by side.
//
// The engine evaluates a node of the tree once for all steps: what passes between nodes is a row,
// the labels of a series and one double a step. Where a series has no value, the row holds kAbsent.
// Its bits are those of Prometheus' stale marker, which no series ever has as a value: what a
// source marks as stale is absent by being copied.
#ifndef SERVICES_PROMQL_COLUMN_H_
#define SERVICES_PROMQL_COLUMN_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "absl/status/status.h"
#include "services/promql/labels.h"
#include "services/promql/series_source.h"

namespace syspulse::promql {

// Never compute with it: arithmetic turns it into an ordinary NaN, which is a value.
inline constexpr double kAbsent = std::bit_cast<double>(kStaleBits);

inline bool IsAbsent(double value) { return IsStale(value); }

// Returns whether a column holds no value at all.
inline bool IsEmpty(std::span<const double> values) {
  for (const double value : values) {
    if (!IsAbsent(value)) return false;
  }
  return true;
}

// Moments at equal distances, ascending.
struct Grid {
  std::int64_t start_ms = 0;  // since 1970
  std::int64_t step_ms = 0;   // 0: all moments are the same
  std::size_t count = 1;

  std::int64_t At(std::size_t index) const {
    return start_ms + static_cast<std::int64_t>(index) * step_ms;
  }
  std::int64_t last_ms() const { return count == 0 ? start_ms : At(count - 1); }

  bool operator==(const Grid&) const = default;
};

// Takes one row after the other. The values are the sender's: the taker may change them, and copies
// what it keeps. An error ends the evaluation.
using RowSink = std::function<absl::Status(const Labels& labels, std::span<double> values)>;

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_COLUMN_H_
