// The one noun that flows: from collectors through the agent and the service to every reader.
#ifndef SERVICES_MODEL_FRAME_H_
#define SERVICES_MODEL_FRAME_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "services/base/mutex.h"
#include "services/model/metric.h"

namespace syspulse {

// What became of frames, for those who sent them: of all that share it, together. Thread-safe.
class FrameOutcome {
 public:
  // Says that other values than so many came before, and stay. `first` names one of them: its
  // series and time.
  void NoteConflicts(std::int64_t count, std::string_view first) {
    const MutexLock lock(mutex_);
    conflicting_values_ += count;
    if (first_conflict_.empty()) first_conflict_ = std::string(first);
  }

  // Says that a frame of so many values was left out, as one of its source and time came before.
  void NoteRepeated(std::int64_t count) {
    const MutexLock lock(mutex_);
    repeated_values_ += count;
  }

  std::int64_t conflicting_values() const {
    const MutexLock lock(mutex_);
    return conflicting_values_;
  }
  // Empty if there is none.
  std::string first_conflict() const {
    const MutexLock lock(mutex_);
    return first_conflict_;
  }
  // Those that conflict included.
  std::int64_t repeated_values() const {
    const MutexLock lock(mutex_);
    return repeated_values_;
  }

 private:
  mutable Mutex mutex_;
  std::int64_t conflicting_values_ ABSL_GUARDED_BY(mutex_) = 0;
  std::string first_conflict_ ABSL_GUARDED_BY(mutex_);
  std::int64_t repeated_values_ ABSL_GUARDED_BY(mutex_) = 0;
};

// The values of one source on one host at one instant. Never changed once shared.
struct Frame {
  std::string host;            // id, without "hosts/"
  std::string source;          // "system", "filesystem", …
  SchemaPtr schema;            // never null
  absl::Time time;             // by the host's clock
  std::vector<double> values;  // one for each series of the schema; NaN = not measured
  bool part = false;           // what is NaN here may come in other frames of that instant
  std::shared_ptr<FrameOutcome> outcome;  // hears what became of it; null if nobody asks
};

using FramePtr = std::shared_ptr<const Frame>;

}  // namespace syspulse

#endif  // SERVICES_MODEL_FRAME_H_
