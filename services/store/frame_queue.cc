#include "services/store/frame_queue.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"

namespace syspulse {
namespace {

constexpr std::int64_t kGatheredPart = 8;  // of the room, that is not waited beyond

// Returns what a frame holds in memory, in bytes, about.
std::int64_t BytesOf(const Frame& frame) {
  return static_cast<std::int64_t>(sizeof(Frame) + frame.values.size() * sizeof(double));
}

}  // namespace

absl::StatusOr<std::uint64_t> FrameQueue::Push(FramePtr frame) {
  std::uint64_t ticket = 0;
  bool wakes = false;
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
    wakes = bytes_ >= wake_bytes_ && bytes_ - bytes < wake_bytes_;
  }
  if (wakes) pushed_.notify_one();
  return ticket;
}

FrameQueue::Batch FrameQueue::Take(absl::Duration patience, std::stop_token stop) {
  MutexLock lock(mutex_);
  WaitForBytes(1, patience, std::move(stop));
  woken_ = false;
  bytes_ = 0;
  return {.frames = std::exchange(frames_, {}), .last_ticket = last_ticket_};
}

void FrameQueue::Gather(absl::Duration patience, std::stop_token stop) {
  MutexLock lock(mutex_);
  WaitForBytes(std::max<std::int64_t>(limit_ / kGatheredPart, 1), patience, std::move(stop));
}

void FrameQueue::WaitForBytes(std::int64_t bytes, absl::Duration patience, std::stop_token stop) {
  if (bytes_ >= bytes) return;
  wake_bytes_ = bytes;
  pushed_.wait_for(mutex_, std::move(stop), absl::ToChronoNanoseconds(patience),
                   [this, bytes]()
                       ABSL_NO_THREAD_SAFETY_ANALYSIS { return bytes_ >= bytes || woken_; });
  wake_bytes_ = 0;
}

void FrameQueue::Wake() {
  {
    MutexLock lock(mutex_);
    woken_ = true;
  }
  pushed_.notify_one();
}

void FrameQueue::Pause(absl::Duration patience, std::stop_token stop) {
  MutexLock lock(mutex_);
  pushed_.wait_for(mutex_, std::move(stop), absl::ToChronoNanoseconds(patience),
                   [] { return false; });
}

std::uint64_t FrameQueue::last_ticket() const {
  MutexLock lock(mutex_);
  return last_ticket_;
}

std::int64_t FrameQueue::size() const {
  MutexLock lock(mutex_);
  return static_cast<std::int64_t>(frames_.size());
}

}  // namespace syspulse
