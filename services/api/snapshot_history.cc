#include <algorithm>
#include <cstddef>

#include "services/api/snapshot_view.h"
#include "services/model/resource_name.h"

namespace syspulse {
namespace {

constexpr int kGapIntervals = 3;  // what makes a host stale makes a gap
constexpr absl::Duration kLeastGap = absl::Seconds(3);

// Returns the end of the span that `time` is in: spans are open at their start, so that a frame on
// a whole step ends one.
absl::Time EndOfSpan(absl::Time time, absl::Duration step) {
  if (step <= absl::ZeroDuration()) return time;
  return absl::UnixEpoch() + absl::Ceil(time - absl::UnixEpoch(), step);
}

}  // namespace

v1::SnapshotHistory SnapshotView::MakeHistory(const HistoryInput& input, absl::Duration step,
                                              const SnapshotMask& mask) const {
  v1::SnapshotHistory history;
  history.set_host(HostName(input.host->id));
  const absl::Duration gap = std::max(kLeastGap, kGapIntervals * input.host->sample_interval);
  FramePtr filesystem;  // the latest that is not newer than the snapshot
  std::size_t next_filesystem = 0;
  FramePtr before;  // the frame of the snapshot before
  for (std::size_t first = 0, end = 0; first < input.system.size(); first = end) {
    const absl::Time span_end = EndOfSpan(input.system[first]->time, step);
    end = first + 1;
    while (end < input.system.size() && input.system[end]->time <= span_end) ++end;
    const FramePtr& frame = input.system[end - 1];
    if (before == nullptr || input.system[first]->time - before->time > gap) {
      before = input.system[first];
    }
    while (next_filesystem < input.filesystem.size() &&
           input.filesystem[next_filesystem]->time <= frame->time) {
      filesystem = input.filesystem[next_filesystem++];
    }
    v1::Snapshot* snapshot = history.add_snapshots();
    FillFromFrames(
        {.host = input.host, .system = frame, .earlier_system = before, .filesystem = filesystem},
        mask, snapshot);
    mask.Apply(snapshot);
    before = frame;
  }
  return history;
}

}  // namespace syspulse
