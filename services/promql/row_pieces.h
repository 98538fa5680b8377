// The rows of many series, made in pieces by several threads and taken in order by one.
#ifndef SERVICES_PROMQL_ROW_PIECES_H_
#define SERVICES_PROMQL_ROW_PIECES_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "services/base/mutex.h"
#include "services/base/worker_pool.h"
#include "services/promql/query_context.h"
#include "services/promql/series_rows.h"
#include "services/promql/series_source.h"

namespace syspulse::promql {

// Some series beside each other. Ends early where an error stands for the next series.
struct RowPiece {
  std::vector<std::int64_t> samples;  // of each series
  std::vector<char> has_row;          // whether the row of a series holds a value
  std::vector<double> rows;           // of those that have one, in order
  absl::Status error;                 // of what comes behind
};

// What one thread makes pieces with. Confined to it.
class PieceMaker {
 public:
  PieceMaker(std::unique_ptr<SeriesCursor> cursor, std::unique_ptr<RowMaker> maker,
             std::size_t steps, const QueryContext& context)
      : cursor_(std::move(cursor)), maker_(std::move(maker)), row_(steps), context_(context) {}

  // Makes the rows of the series from `begin` up to but not with `end`.
  void Make(std::size_t begin, std::size_t end, RowPiece* piece);

 private:
  const std::unique_ptr<SeriesCursor> cursor_;
  const std::unique_ptr<RowMaker> maker_;
  std::vector<double> row_;
  const QueryContext& context_;
};

using NewPieceMaker = std::function<std::unique_ptr<PieceMaker>()>;

// Confined to the thread of the query, but for DoPiece().
class RowPieces final : public WorkerPool::Work {
 public:
  // Pieces of all series, `count` of them, `each` a piece. `workers` must outlive this, `new_maker`
  // is called by several threads.
  RowPieces(WorkerPool* workers, std::size_t count, std::size_t each, NewPieceMaker new_maker);
  // Waits for threads that make a piece.
  ~RowPieces() override;

  // Returns the next piece, valid until the next call. Not to be called after one with an error, or
  // once all are there.
  RowPiece& Next();

  bool DoPiece() override;

 private:
  static constexpr std::size_t kMostAhead = 8;  // pieces that are made and not yet taken

  WorkerPool* const workers_;
  const std::size_t count_;  // of the series
  const std::size_t each_;   // piece's series
  const std::size_t pieces_;
  const NewPieceMaker new_maker_;
  std::size_t next_ = 0;  // that is asked for
  RowPiece current_;

  Mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t wanted_ ABSL_GUARDED_BY(mutex_) = 0;   // what is asked for next
  std::size_t untaken_ ABSL_GUARDED_BY(mutex_) = 0;  // the first one that nobody makes yet
  std::map<std::size_t, RowPiece> made_ ABSL_GUARDED_BY(mutex_);  // and not asked for yet
  std::vector<std::unique_ptr<PieceMaker>> makers_ ABSL_GUARDED_BY(mutex_);  // that are not used
  std::vector<RowPiece> used_ ABSL_GUARDED_BY(mutex_);  // their memory serves again
};

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_ROW_PIECES_H_
