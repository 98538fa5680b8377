// Keepers of frames for tests.
#ifndef TESTS_TESTING_KEEPER_H_
#define TESTS_TESTING_KEEPER_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/base/mutex.h"
#include "services/hub/frame_keeper.h"

namespace syspulse {

// Keeps frames at once, or when a test says so. Thread-safe.
class TestKeeper final : public FrameKeeper {
 public:
  absl::StatusOr<std::uint64_t> Keep(const FramePtr& frame) override {
    const MutexLock lock(mutex_);
    if (!refusal_.ok()) {
      ++refused_;
      return refusal_;
    }
    frames_.push_back(frame);
    if (at_once_) kept_ = frames_.size();
    return frames_.size();
  }
  bool has_room() const override {
    const MutexLock lock(mutex_);
    return has_room_;
  }
  bool is_keeping() const override {
    const MutexLock lock(mutex_);
    return is_keeping_;
  }
  KeptTimes times() const override { return times_; }
  std::uint64_t taken() const override {
    const MutexLock lock(mutex_);
    return frames_.size();
  }
  std::uint64_t kept() const override {
    const MutexLock lock(mutex_);
    return kept_;
  }
  // Answers at once: as Refuse says, else NotFound if it kept no frame of that host.
  void DeleteHost(const std::string& host_id,
                  std::function<void(const absl::Status& status)> done) override {
    absl::Status status;
    {
      const MutexLock lock(mutex_);
      const bool kept = std::ranges::any_of(
          frames_, [&](const FramePtr& frame) { return frame->host == host_id; });
      status = !refusal_.ok() ? refusal_ : kept ? absl::OkStatus() : absl::NotFoundError("none");
      if (status.ok()) deleted_.push_back(host_id);
    }
    done(status);
  }
  void AddListener(KeptListener* listener) override {
    const MutexLock lock(listeners_mutex_);
    listeners_.insert(listener);
  }
  void RemoveListener(KeptListener* listener) override {
    const MutexLock lock(listeners_mutex_);
    listeners_.erase(listener);
  }

  // From now on frames are kept when KeepAll is called.
  void Wait() {
    const MutexLock lock(mutex_);
    at_once_ = false;
  }
  // From now on there is room for many frames or not.
  void SetRoom(bool has_room) {
    const MutexLock lock(mutex_);
    has_room_ = has_room;
  }
  // From now on the disk works or not.
  void SetKeeping(bool is_keeping) {
    const MutexLock lock(mutex_);
    is_keeping_ = is_keeping;
  }
  // From now on frames are refused, or taken if OK.
  void Refuse(absl::Status refusal) {
    const MutexLock lock(mutex_);
    refusal_ = std::move(refusal);
  }
  // Keeps all frames that were taken, and tells so.
  void KeepAll() {
    std::uint64_t kept = 0;
    {
      const MutexLock lock(mutex_);
      kept = kept_ = frames_.size();
    }
    const MutexLock lock(listeners_mutex_);
    for (KeptListener* const listener : listeners_) listener->OnKept(kept);
  }
  // Returns the hosts whose frames were deleted.
  std::vector<std::string> deleted() const {
    const MutexLock lock(mutex_);
    return deleted_;
  }
  int refused() const {
    const MutexLock lock(mutex_);
    return refused_;
  }
  std::vector<FramePtr> frames() const {
    const MutexLock lock(mutex_);
    return frames_;
  }

 private:
  const KeptTimes times_{.oldest = absl::FromUnixSeconds(1'600'000'000),
                         .newest = absl::FromUnixSeconds(1'800'000'000)};
  mutable Mutex mutex_;
  bool has_room_ ABSL_GUARDED_BY(mutex_) = true;
  bool is_keeping_ ABSL_GUARDED_BY(mutex_) = true;
  std::vector<FramePtr> frames_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> deleted_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t kept_ ABSL_GUARDED_BY(mutex_) = 0;
  bool at_once_ ABSL_GUARDED_BY(mutex_) = true;
  absl::Status refusal_ ABSL_GUARDED_BY(mutex_);
  int refused_ ABSL_GUARDED_BY(mutex_) = 0;
  Mutex listeners_mutex_;
  std::set<KeptListener*> listeners_ ABSL_GUARDED_BY(listeners_mutex_);
};

}  // namespace syspulse

#endif  // TESTS_TESTING_KEEPER_H_
