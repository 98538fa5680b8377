#include "services/promql/row_pieces.h"

#include <algorithm>
#include <utility>

namespace syspulse::promql {

void PieceMaker::Make(std::size_t begin, std::size_t end, RowPiece* piece) {
  piece->samples.clear();
  piece->has_row.clear();
  piece->rows.clear();
  for (std::size_t i = begin; i < end; ++i) {
    piece->error = context_.Check();
    if (!piece->error.ok()) return;
    const absl::StatusOr<SampleSpan> samples =
        maker_->looks_at() == LooksAt::kValues ? cursor_->Read(i) : cursor_->ReadPresence(i);
    piece->error = samples.status();
    if (!piece->error.ok()) return;
    const std::size_t count = samples->times_ms.size();
    piece->samples.push_back(static_cast<std::int64_t>(count));
    piece->has_row.push_back(0);
    if (count == 0) continue;
    piece->error = maker_->Make(*samples, row_);
    if (!piece->error.ok()) return;
    if (IsEmpty(row_)) continue;
    piece->has_row.back() = 1;
    piece->rows.insert(piece->rows.end(), row_.begin(), row_.end());
  }
}

RowPieces::RowPieces(WorkerPool* workers, std::size_t count, std::size_t each,
                     NewPieceMaker new_maker)
    : workers_(workers),
      count_(count),
      each_(each),
      pieces_((count + each - 1) / each),
      new_maker_(std::move(new_maker)) {
  workers_->Add(this);
}

RowPieces::~RowPieces() { workers_->Remove(this); }

RowPiece& RowPieces::Next() {
  const std::size_t number = next_++;
  bool is_low = false;  // few pieces are ahead: who waits for room is woken for several at once
  {
    const MutexLock lock(mutex_);
    if (number > 0) used_.push_back(std::move(current_));
    wanted_ = number;
    is_low = untaken_ < pieces_ && untaken_ <= wanted_ + kMostAhead / 2;
  }
  if (is_low) workers_->Wake(this);
  while (true) {
    {
      const MutexLock lock(mutex_);
      if (auto made = made_.extract(number)) {
        current_ = std::move(made.mapped());
        return current_;
      }
    }
    if (DoPiece()) continue;
    // Somebody makes it: pieces are taken in their order.
    const MutexLock lock(mutex_);
    changed_.wait(mutex_, [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return made_.contains(number); });
  }
}

bool RowPieces::DoPiece() {
  std::unique_ptr<PieceMaker> maker;
  RowPiece piece;
  std::size_t number = 0;
  {
    const MutexLock lock(mutex_);
    if (untaken_ == pieces_ || untaken_ >= wanted_ + kMostAhead) return false;
    number = untaken_++;
    if (!makers_.empty()) {
      maker = std::move(makers_.back());
      makers_.pop_back();
    }
    if (!used_.empty()) {
      piece = std::move(used_.back());
      used_.pop_back();
    }
  }
  if (maker == nullptr) maker = new_maker_();
  const std::size_t begin = number * each_;
  maker->Make(begin, std::min(begin + each_, count_), &piece);
  const MutexLock lock(mutex_);
  if (!piece.error.ok()) untaken_ = pieces_;  // nobody will ask for those behind
  made_.emplace(number, std::move(piece));
  makers_.push_back(std::move(maker));
  if (number == wanted_) changed_.notify_all();
  return true;
}

}  // namespace syspulse::promql
