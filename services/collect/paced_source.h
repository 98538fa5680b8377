// A source at a pace of its own, read by a thread of its own: whatever it has to wait for, the tick
// does not.
//
// Reads are never queued: while one is under way the next is skipped. One that takes too long is
// reported in its stead, by a frame in which the collector at fault and those behind it failed.
//
//   source.StartIfDue(deadline);
//   ... what else the tick has to do ...
//   while (FramePtr frame = source.Take(deadline)) Push(frame);
#ifndef SERVICES_COLLECT_PACED_SOURCE_H_
#define SERVICES_COLLECT_PACED_SOURCE_H_

#include <memory>
#include <optional>

#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/collect/metric_writer.h"
#include "services/collect/source.h"
#include "services/model/frame.h"

namespace syspulse {

struct Pace {
  absl::Duration interval = absl::Seconds(10);
  absl::Duration patience = absl::Seconds(5);  // how long a read may take
};

// Confined to one thread.
class PacedSource {
 public:
  // `clock` must outlive this, and so must what the collectors read through, for as long as a read
  // hangs.
  PacedSource(std::unique_ptr<Source> source, const Clock* clock, Pace pace);
  // Waits a moment for a read that is under way, then leaves it behind.
  ~PacedSource();
  PacedSource(const PacedSource&) = delete;
  PacedSource& operator=(const PacedSource&) = delete;

  // Starts reading if `deadline` is in another interval than the last start, and nothing is being
  // read. Intervals begin at multiples of their length since the Unix epoch. `deadline` becomes the
  // time of the frame.
  void StartIfDue(absl::Time deadline);

  // Returns the next frame that was read and not taken, the oldest first: one of the tick before
  // may have come behind its calls. Where a read hangs, returns once an interval a frame that says
  // so, at the time `deadline`. Else null.
  FramePtr Take(absl::Time deadline);

  // Waits until nothing is being read. Returns whether that came true within `timeout`.
  bool WaitUntilRead(absl::Duration timeout) const;

 private:
  struct State;  // shared with the thread

  bool IsDue(absl::Time deadline, std::optional<absl::Time> last) const;
  FramePtr HangingFrame(absl::Time deadline, absl::Duration since);

  const Clock* const clock_;
  const Pace pace_;
  const std::shared_ptr<State> state_;
  std::optional<absl::Time> last_start_;
  std::optional<absl::Time> last_report_;  // of a read that hangs
  absl::Duration started_at_;              // monotonic
  MetricWriter hanging_writer_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_PACED_SOURCE_H_
