// Turns frames into the Snapshot that people read: utilisation and rates, in one place for all
// readers.
//
// A schema is compiled once into a plan, which knows the column of every value; after that a
// snapshot is arithmetic over two frames. See proto/syspulse/v1/snapshot.proto for what each field
// means.
#ifndef SERVICES_API_SNAPSHOT_VIEW_H_
#define SERVICES_API_SNAPSHOT_VIEW_H_

#include "services/model/frame.h"
#include "services/model/host.h"
#include "services/model/process_table.h"
#include "syspulse/v1/snapshot.pb.h"

namespace syspulse {

// What a snapshot is made of. Anything but `host` may be missing; what depends on it is then
// absent.
struct SnapshotInput {
  HostPtr host;
  FramePtr system;            // latest frame of source "system"
  FramePtr earlier_system;    // the frame that rates are counted from; must be older than `system`
  FramePtr filesystem;        // latest frame of source "filesystem"
  ProcessTablePtr processes;  // latest processes
};

// Returns the snapshot of these values. A counter that went down, as after a reboot, has no rate.
// `earlier_system` may have another schema: series are matched by name and labels.
v1::Snapshot MakeSnapshot(const SnapshotInput& input);

}  // namespace syspulse

#endif  // SERVICES_API_SNAPSHOT_VIEW_H_
