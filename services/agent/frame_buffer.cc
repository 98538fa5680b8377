#include "services/agent/frame_buffer.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace syspulse {
namespace {

// Memory of what is the same for every frame: the control block, the pointers to it.
constexpr std::size_t kFrameOverhead = 64;

// Schemas are not counted: frames of a source share one until the source changes. Neither are
// processes: there is one table at most.
std::int64_t BytesOf(const std::vector<FramePtr>& frames) {
  std::size_t bytes = 0;
  for (const FramePtr& frame : frames) {
    bytes += kFrameOverhead + sizeof(Frame) + frame->host.size() + frame->source.size() +
             frame->values.size() * sizeof(double);
  }
  return static_cast<std::int64_t>(bytes);
}

}  // namespace

FrameBuffer::FrameBuffer(std::int64_t max_bytes) : max_bytes_(max_bytes) {}

void FrameBuffer::Add(std::vector<FramePtr> frames, ProcessTablePtr processes) {
  if (frames.empty() && processes == nullptr) return;
  const std::int64_t bytes = BytesOf(frames);
  MutexLock lock(mutex_);
  if (!entries_.empty()) entries_.back().batch.processes = nullptr;
  // What only carried processes carries nothing now.
  if (sent_ < entries_.size() && entries_.back().batch.frames.empty()) entries_.pop_back();
  bytes_ += bytes;
  entries_.push_back(Entry{.batch = {.sequence = ++last_sequence_,
                                     .frames = std::move(frames),
                                     .processes = std::move(processes)},
                           .bytes = bytes});
  while (bytes_ > max_bytes_ && entries_.size() > 1) {
    dropped_frames_ += std::ssize(entries_.front().batch.frames);
    PopFrontLocked();
  }
}

std::optional<Batch> FrameBuffer::NextToSend() {
  MutexLock lock(mutex_);
  if (sent_ == entries_.size()) return std::nullopt;
  return entries_[sent_++].batch;
}

void FrameBuffer::Rewind() {
  MutexLock lock(mutex_);
  sent_ = 0;
}

void FrameBuffer::Acknowledge(std::int64_t sequence) {
  MutexLock lock(mutex_);
  while (sent_ > 0 && entries_.front().batch.sequence <= sequence) PopFrontLocked();
}

void FrameBuffer::Drop(std::int64_t sequence) {
  MutexLock lock(mutex_);
  const auto entry =
      std::ranges::find(entries_, sequence, [](const Entry& one) { return one.batch.sequence; });
  if (entry == entries_.end()) return;
  if (static_cast<std::size_t>(entry - entries_.begin()) < sent_) --sent_;
  dropped_frames_ += std::ssize(entry->batch.frames);
  bytes_ -= entry->bytes;
  entries_.erase(entry);
}

std::int64_t FrameBuffer::InFlight() const {
  MutexLock lock(mutex_);
  return static_cast<std::int64_t>(sent_);
}

FrameBufferStats FrameBuffer::Stats() const {
  MutexLock lock(mutex_);
  return FrameBufferStats{
      .batches = std::ssize(entries_), .bytes = bytes_, .dropped_frames = dropped_frames_};
}

void FrameBuffer::PopFrontLocked() {
  bytes_ -= entries_.front().bytes;
  if (sent_ > 0) --sent_;
  entries_.pop_front();
}

}  // namespace syspulse
