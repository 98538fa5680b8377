#include "services/history/read_ahead.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace syspulse {

absl::StatusOr<SeriesSamples> ReadAhead::Read(std::size_t index) {
  if (!std::exchange(begun_, true) && index == 0) Begin();
  if (threads_.empty() || index != next_) return Direct().Read(index);
  const std::size_t place = next_++ % batch_series_;
  if (place == 0) batch_ = Obtain(index / batch_series_);
  return place < batch_.size() ? std::move(batch_[place]) : selection_.Read(index);
}

Selection& ReadAhead::Direct() {
  begun_ = true;
  threads_.clear();
  return selection_;
}

void ReadAhead::Begin() {
  const std::size_t values = selection_.values_to_decode();
  if (values < kManyValues || values / size() > kLongSeries) return;
  batch_series_ = std::clamp(kBatchSamples * size() / values, std::size_t{1}, kMostBatchSeries);
  batches_ = (size() + batch_series_ - 1) / batch_series_;
  selection_.KeepColumns();
  const unsigned spare = std::max(2U, std::thread::hardware_concurrency()) - 1;
  for (unsigned i = 0; i < std::min(spare, kMostThreads); ++i) {
    Selection fork = selection_.Fork();
    fork.KeepColumns();
    try {
      threads_.emplace_back([this, fork = std::move(fork)](const std::stop_token& stop) mutable {
        Run(std::move(fork), stop);
      });
    } catch (const std::system_error&) {
      break;  // there are too many threads already; fewer work as well
    }
  }
}

void ReadAhead::Run(Selection selection, const std::stop_token& stop) {
  while (const auto number = TakeNext(stop)) Put(*number, ReadBatch(*number, &selection));
}

ReadAhead::Batch ReadAhead::ReadBatch(std::size_t number, Selection* selection) const {
  Batch batch;
  std::size_t samples = 0;
  const std::size_t begin = number * batch_series_;
  const std::size_t end = std::min(begin + batch_series_, selection->size());
  for (std::size_t i = begin; i < end && samples < 2 * kBatchSamples; ++i) {
    batch.push_back(selection->Read(i));
    if (batch.back().ok()) samples += batch.back()->values.size();
  }
  return batch;
}

// Returns the next batch that nobody reads yet, once it is not too far ahead; nothing at the end.
std::optional<std::size_t> ReadAhead::TakeNext(const std::stop_token& stop) {
  MutexLock lock(mutex_);
  changed_.wait(mutex_, stop, [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return untaken_ == batches_ || untaken_ < wanted_ + kMostAhead;
  });
  if (stop.stop_requested() || untaken_ == batches_) return std::nullopt;
  return untaken_++;
}

void ReadAhead::Put(std::size_t number, Batch batch) {
  {
    MutexLock lock(mutex_);
    read_.emplace(number, std::move(batch));
  }
  changed_.notify_all();
}

ReadAhead::Batch ReadAhead::Obtain(std::size_t number) {
  {
    MutexLock lock(mutex_);
    wanted_ = number;
  }
  changed_.notify_all();
  while (true) {
    std::size_t own = 0;
    {
      MutexLock lock(mutex_);
      while (true) {
        if (auto read = read_.extract(number)) return std::move(read.mapped());
        if (untaken_ < std::min(batches_, number + kMostAhead)) break;
        changed_.wait(mutex_);
      }
      own = untaken_++;
    }
    Batch batch = ReadBatch(own, &selection_);
    if (own == number) return batch;
    Put(own, std::move(batch));
  }
}

}  // namespace syspulse
