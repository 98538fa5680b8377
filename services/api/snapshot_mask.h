// Which fields of a snapshot a reader wants.
#ifndef SERVICES_API_SNAPSHOT_MASK_H_
#define SERVICES_API_SNAPSHOT_MASK_H_

#include <bitset>

#include "absl/status/statusor.h"
#include "google/protobuf/field_mask.pb.h"
#include "syspulse/v1/snapshot.pb.h"

namespace syspulse {

// A checked read mask. A value; the default one wants everything.
class SnapshotMask {
 public:
  SnapshotMask() = default;

  // Returns the mask; an empty one wants everything. InvalidArgument that names the path, if
  // Snapshot has no such field. Paths do not reach into repeated fields: `disks`, not
  // `disks.device`.
  static absl::StatusOr<SnapshotMask> Create(const google::protobuf::FieldMask& mask);

  // Returns whether the field of Snapshot with this number, or a part of it, is wanted.
  bool Wants(int field_number) const;

  // Removes what is not wanted.
  void Apply(v1::Snapshot* snapshot) const;

 private:
  google::protobuf::FieldMask mask_;  // normalised; empty = everything
  std::bitset<64> wanted_fields_;     // by field number, unless everything is
  bool wants_parts_ = false;          // whether a path reaches below the top
};

}  // namespace syspulse

#endif  // SERVICES_API_SNAPSHOT_MASK_H_
