// Frames on their way to the store's writer, with tickets: who adds a frame gets its number, and is
// told later up to which number all is durable.
//
// Thread-safe.
#ifndef SERVICES_STORE_FRAME_QUEUE_H_
#define SERVICES_STORE_FRAME_QUEUE_H_

#include <condition_variable>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/mutex.h"
#include "services/model/frame.h"

namespace syspulse {

class FrameQueue {
 public:
  // Frames that were taken together.
  struct Batch {
    std::vector<FramePtr> frames;   // in the order of their tickets
    std::uint64_t last_ticket = 0;  // of all frames that were ever taken
  };

  // Holds frames of at most `limit` bytes, of values.
  explicit FrameQueue(std::int64_t limit) : limit_(limit) {}
  FrameQueue(const FrameQueue&) = delete;
  FrameQueue& operator=(const FrameQueue&) = delete;

  // Adds a frame and returns its ticket: 1 for the first, then one more for each. Unavailable if
  // the queue is full, as it is while the disk is.
  absl::StatusOr<std::uint64_t> Push(FramePtr frame);

  // Takes all frames there are. Waits for one, for `patience` at most or until `stop` is requested
  // or Wake is called.
  Batch Take(absl::Duration patience, std::stop_token stop);

  // Waits for `patience` while frames gather, so that who takes them wakes once for many; less if
  // an eighth of what there is room for waits, or `stop` is requested.
  void Gather(absl::Duration patience, std::stop_token stop);

  // Lets who waits in Take or Gather go on, now or the next time.
  void Wake();

  // Waits for `patience`, whatever comes; less if `stop` is requested.
  void Pause(absl::Duration patience, std::stop_token stop);

  // Returns the ticket of the frame that was added last; 0 if there was none.
  std::uint64_t last_ticket() const;

  // Returns how many frames wait.
  std::int64_t size() const;

 private:
  void WaitForBytes(std::int64_t bytes, absl::Duration patience, std::stop_token stop)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::int64_t limit_;  // bytes

  mutable Mutex mutex_;
  std::condition_variable_any pushed_;
  std::vector<FramePtr> frames_ ABSL_GUARDED_BY(mutex_);
  std::int64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  std::int64_t wake_bytes_ ABSL_GUARDED_BY(mutex_) = 0;  // whose coming is waited for; 0: none is
  std::uint64_t last_ticket_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace syspulse

#endif  // SERVICES_STORE_FRAME_QUEUE_H_
