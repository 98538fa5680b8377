#include "services/history/read_ahead.h"

#include <system_error>
#include <utility>

namespace syspulse {

absl::StatusOr<SeriesSamples> ReadAhead::Read(std::size_t index) {
  if (!std::exchange(begun_, true) && index == 0 && size() >= kManySeries) {
    selection_.KeepColumns();
    try {
      thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
    } catch (const std::system_error&) {
      // There are too many threads already; one after the other works as well.
    }
  }
  if (!thread_.joinable() || index != next_ || (at_ == batch_.size() && !NextBatch())) {
    return Direct().Read(index);
  }
  ++next_;
  return std::move(batch_[at_++]);
}

Selection& ReadAhead::Direct() {
  begun_ = true;
  thread_ = {};
  return selection_;
}

bool ReadAhead::NextBatch() {
  at_ = 0;
  batch_.clear();
  {
    MutexLock lock(mutex_);
    while (waiting_.empty() && !ended_) changed_.wait(mutex_);
    if (waiting_.empty()) return false;
    batch_ = std::move(waiting_.front());
    waiting_.pop_front();
  }
  changed_.notify_one();
  return true;
}

void ReadAhead::Run(const std::stop_token& stop) {
  Batch batch;
  std::size_t samples = 0;  // in it
  bool is_long = false;
  for (std::size_t i = 0; i < selection_.size() && !is_long && !stop.stop_requested(); ++i) {
    batch.push_back(selection_.Read(i));
    const std::size_t count = batch.back().ok() ? batch.back()->values.size() : 0;
    is_long = count > kLongSeries;
    samples += count;
    if (batch.size() < kBatchSeries && samples < kBatchSamples) continue;
    if (!Hand(std::exchange(batch, {}), false, stop)) return;
    samples = 0;
  }
  Hand(std::move(batch), true, stop);
}

bool ReadAhead::Hand(Batch batch, bool last, const std::stop_token& stop) {
  {
    MutexLock lock(mutex_);
    const bool room = changed_.wait(mutex_, stop, [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
      return waiting_.size() < kMostBatches;
    });
    if (!room) return false;
    if (!batch.empty()) waiting_.push_back(std::move(batch));
    ended_ = last;
  }
  changed_.notify_one();
  return true;
}

}  // namespace syspulse
