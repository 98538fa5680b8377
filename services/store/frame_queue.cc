#include "services/store/frame_queue.h"

#include <utility>

#include "absl/strings/str_format.h"

namespace syspulse {
namespace {

// Returns what a frame holds in memory, in bytes, about.
std::int64_t BytesOf(const Frame& frame) {
  return static_cast<std::int64_t>(sizeof(Frame) + frame.values.size() * sizeof(double));
}

}  // namespace

absl::StatusOr<std::uint64_t> FrameQueue::Push(FramePtr frame) {
  std::uint64_t ticket = 0;
  {
    MutexLock lock(mutex_);
    const std::int64_t bytes = BytesOf(*frame);
    if (bytes_ + bytes > limit_ && !frames_.empty()) {
      return absl::UnavailableError(
          absl::StrFormat("store a frame of %s: %d frames wait for the disk; send it again later",
                          frame->host, frames_.size()));
    }
    bytes_ += bytes;
    frames_.push_back(std::move(frame));
    ticket = ++last_ticket_;
  }
  pushed_.notify_one();
  return ticket;
}

FrameQueue::Batch FrameQueue::Take(absl::Duration patience, std::stop_token stop) {
  MutexLock lock(mutex_);
  if (frames_.empty()) {
    pushed_.wait_for(mutex_, std::move(stop), absl::ToChronoNanoseconds(patience),
                     [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return !frames_.empty(); });
  }
  bytes_ = 0;
  return {.frames = std::exchange(frames_, {}), .last_ticket = last_ticket_};
}

void FrameQueue::Pause(absl::Duration patience, std::stop_token stop) {
  MutexLock lock(mutex_);
  pushed_.wait_for(mutex_, std::move(stop), absl::ToChronoNanoseconds(patience),
                   [] { return false; });
}

std::int64_t FrameQueue::size() const {
  MutexLock lock(mutex_);
  return static_cast<std::int64_t>(frames_.size());
}

}  // namespace syspulse
