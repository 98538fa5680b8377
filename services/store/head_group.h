// The newest rows of one source with one schema, in memory, as they came.
//
// Rows are added by one thread and read by any number of others without waiting for each other:
// they stand in chunks that never move, and a row is seen once it is complete. Where rows come in
// parts, a value that was absent may come later; it never changes after that.
#ifndef SERVICES_STORE_HEAD_GROUP_H_
#define SERVICES_STORE_HEAD_GROUP_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "services/base/mutex.h"
#include "services/model/metric.h"
#include "services/store/row_group.h"

namespace syspulse {

// What became of a part of a row.
struct Filled {
  bool new_row = false;            // no part of it was there before
  std::int64_t taken = 0;          // values that were not there before
  std::int64_t conflicting = 0;    // values that are there, and are others
  std::size_t first_conflict = 0;  // the column of one of those
};

// Some rows of one group. Written by one thread, row by row; read by any.
class RowChunk {
 public:
  static constexpr std::size_t kRows = 16;  // so that a group of few rows wastes little

  explicit RowChunk(std::size_t columns)
      : columns_(columns), values_(new double[columns * kRows]) {}

  bool full() const { return size() == kRows; }
  std::size_t size() const { return size_.load(std::memory_order_acquire); }
  std::int64_t time_ms(std::size_t row) const { return times_ms_[row]; }
  double value(std::size_t row, std::size_t column) const {
    return std::atomic_ref<double>(values_[row * columns_ + column])
        .load(std::memory_order_relaxed);
  }

  // Adds a row behind the others; `values` has as many as there are columns.
  void Add(std::int64_t time_ms, std::span<const double> values);

  // Puts those of `values` that are not absent into a row, where it has none.
  Filled Fill(std::size_t row, std::span<const double> values);

 private:
  const std::size_t columns_;
  std::atomic<std::size_t> size_ = 0;  // complete rows
  std::array<std::int64_t, kRows> times_ms_ = {};
  const std::unique_ptr<double[]> values_;  // row by row
};

// Thread-safe; rows are added by one thread at a time.
class HeadGroup {
 public:
  HeadGroup(std::string host, std::string source, SchemaPtr schema)
      : host_(std::move(host)), source_(std::move(source)), schema_(std::move(schema)) {}
  HeadGroup(const HeadGroup&) = delete;
  HeadGroup& operator=(const HeadGroup&) = delete;

  const std::string& host() const { return host_; }
  const std::string& source() const { return source_; }
  const SchemaPtr& schema() const { return schema_; }

  // Adds a row, at a time that no other row has.
  void Add(std::int64_t time_ms, std::span<const double> values);

  // Adds what of a row is not there yet.
  Filled Fill(std::int64_t time_ms, std::span<const double> values);

  // Returns the row of that time, Unix; nothing if there is none.
  std::optional<std::vector<double>> ReadRow(std::int64_t time_ms) const;

  // Returns how many rows there are.
  std::size_t rows() const;

  // Returns the span of all rows; empty, with its end before its start, if there is none.
  MillisRange range() const;

  // Returns the rows there are now, by time; null if there are none. What is added later does not
  // show in it. It shares the rows with this and lives on its own.
  RowGroupPtr Rows() const;

 private:
  void AddLocked(std::int64_t time_ms, std::span<const double> values)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::int64_t TimeLocked(std::size_t row) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::optional<std::size_t> FindLocked(std::int64_t time_ms) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string host_;
  const std::string source_;
  const SchemaPtr schema_;

  mutable Mutex mutex_;
  std::vector<std::shared_ptr<RowChunk>> chunks_ ABSL_GUARDED_BY(mutex_);
  MillisRange range_ ABSL_GUARDED_BY(mutex_) = {.first_ms = 1, .last_ms = 0};
  std::size_t rows_ ABSL_GUARDED_BY(mutex_) = 0;
  bool ascending_ ABSL_GUARDED_BY(mutex_) = true;  // rows came in the order of time
  // Rows by time, if they did not, as far as somebody looked for them.
  mutable std::map<std::int64_t, std::size_t> by_time_ ABSL_GUARDED_BY(mutex_);
  mutable std::size_t indexed_rows_ ABSL_GUARDED_BY(mutex_) = 0;
};

using HeadGroupPtr = std::shared_ptr<const HeadGroup>;

}  // namespace syspulse

#endif  // SERVICES_STORE_HEAD_GROUP_H_
