// Rows of one source with one schema from several places, as if they stood in one: ascending in
// time, each time once.
//
// Queries and the making of blocks read through it. What is damaged is left out: its rows, if their
// times cannot be read; its values, which become absent, if a column cannot. The damage is told to
// whoever asked.
//
// Confined to one thread.
#ifndef SERVICES_STORE_MERGED_ROWS_H_
#define SERVICES_STORE_MERGED_ROWS_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/store/row_group.h"

namespace syspulse {

// The NaN that stands for a value that was not measured; the other NaNs are values.
inline double AbsentValue() { return std::numeric_limits<double>::quiet_NaN(); }
inline bool IsAbsent(double value) {
  return std::bit_cast<std::uint64_t>(value) == std::bit_cast<std::uint64_t>(AbsentValue());
}

// Returns whether none of the values is NaN or infinite.
bool AreNumbers(std::span<const double> values);

// Returns whether some of the values are absent.
bool HasAbsent(std::span<const double> values);

// Returns whether each time is behind the one before it.
bool Ascend(std::span<const std::int64_t> times_ms);

// Returns what there is to know about the values.
ColumnFacts FactsOf(std::span<const double> values);

class MergedRows {
 public:
  // `parts` have the same source and schema. Rows at one time become one: of each column, the first
  // part that has a value gives it.
  // Damage goes to `damage`. Errors other than DataLoss are returned.
  static absl::StatusOr<MergedRows> Create(std::vector<RowGroupPtr> parts,
                                           std::vector<absl::Status>* damage);

  // Returns the times of all rows, Unix, strictly ascending.
  const SharedTimes& times_ms() const { return times_ms_; }
  std::size_t rows() const { return times_ms_->size(); }

  // Fills `out`, which has rows() elements, with a column.
  absl::Status ReadColumn(std::size_t column, std::span<double> out,
                          std::vector<absl::Status>* damage);

  // Returns whether all values of a column are known, without decoding them, to be neither NaN nor
  // infinite.
  bool HoldsNumbers(std::size_t column) const;

  // Returns a column as somebody keeps it decoded, or null: then it has to be read.
  absl::StatusOr<SharedColumn> ShareColumn(std::size_t column) const;

 private:
  MergedRows() = default;

  absl::StatusOr<bool> ShareTimesOf(const RowGroupPtr& part);
  void Sort(std::vector<std::int64_t> times_ms);
  void Unite(std::vector<std::int64_t>* times_ms);

  std::vector<RowGroupPtr> parts_;  // whose times are whole
  SharedTimes times_ms_;
  std::vector<std::size_t> order_;   // rows of all parts, in the order of time; empty if they are
  std::vector<std::size_t> places_;  // where each of them goes; empty if no two have the same time
  std::size_t part_rows_ = 0;        // of all parts
  std::vector<double> unordered_;    // a column before it is put in order
};

}  // namespace syspulse

#endif  // SERVICES_STORE_MERGED_ROWS_H_
