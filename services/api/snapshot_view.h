// Turns frames into the Snapshot that people read: utilisation and rates, in one place for all
// readers.
//
// A schema is compiled once into a plan, which knows the column of every value; after that a
// snapshot is arithmetic over two frames. See proto/syspulse/v1/snapshot.proto for what each field
// means.
#ifndef SERVICES_API_SNAPSHOT_VIEW_H_
#define SERVICES_API_SNAPSHOT_VIEW_H_

#include <memory>
#include <span>
#include <string>

#include "absl/time/time.h"
#include "services/api/host_summary.h"
#include "services/api/snapshot_mask.h"
#include "services/api/snapshot_plan.h"
#include "services/api/snapshot_reading.h"
#include "services/model/frame.h"
#include "services/model/host.h"
#include "services/model/process_table.h"
#include "syspulse/v1/live_service.pb.h"
#include "syspulse/v1/snapshot.pb.h"

namespace syspulse {

// What a snapshot is made of. Anything but `host` may be missing; what depends on it is then
// absent.
struct SnapshotInput {
  HostPtr host;
  FramePtr system;            // latest frame of source "system"
  FramePtr earlier_system;    // the frame that rates are counted from; no rates unless it is older
  FramePtr filesystem;        // latest frame of source "filesystem"
  ProcessTablePtr processes;  // latest processes
};

// What a history is made of: the frames of one host, oldest first.
struct HistoryInput {
  HostPtr host;
  std::span<const FramePtr> system;      // of source "system"
  std::span<const FramePtr> filesystem;  // of source "filesystem"
};

// Thread-safe. One for all readers, so that they share its plans.
class SnapshotView {
 public:
  // Returns the snapshot of these values, with the fields that the mask asks for; the parts it
  // leaves out are not computed. A counter that went down, as after a reboot, has no rate.
  // `earlier_system` may have another schema: series are matched by name and labels.
  v1::Snapshot Make(const SnapshotInput& input, const SnapshotMask& mask = {}) const;

  // Returns what a list of hosts says of the host: the same numbers in a fraction of the time.
  HostSummary Summarize(const SnapshotInput& input) const;

  // Returns the snapshots of the past, one for each span of `step` (counted from the Unix epoch) in
  // which there is a frame: its last. Rates are averages since the snapshot before, or, after a gap
  // of more than three intervals, since the first frame behind it. Every frame by itself if `step`
  // is zero. Identity and processes are left out: those of the past are not known.
  v1::SnapshotHistory MakeHistory(const HistoryInput& input, absl::Duration step,
                                  const SnapshotMask& mask = {}) const;

 private:
  // A reading, and what it borrows.
  struct PlannedReading {
    std::shared_ptr<const SnapshotPlan> plan;
    std::shared_ptr<const SnapshotPlan> earlier_plan;  // null if there is no earlier frame
    Reading reading;
  };

  // `input` must have a system frame and outlive what is returned.
  PlannedReading ReadSystem(const SnapshotInput& input) const;
  void FillFromFrames(const SnapshotInput& input, const SnapshotMask& mask,
                      v1::Snapshot* out) const;

  mutable SnapshotPlans plans_;
};

}  // namespace syspulse

#endif  // SERVICES_API_SNAPSHOT_VIEW_H_
