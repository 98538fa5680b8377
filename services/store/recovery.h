// What a start finds on the disk, and makes of it.
//
// Only the log behind the newest block is replayed. Nothing that is damaged stops a start: a
// damaged block is set aside under another name, a damaged record of the log is left out, and both
// are reported.
#ifndef SERVICES_STORE_RECOVERY_H_
#define SERVICES_STORE_RECOVERY_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/store/contents.h"
#include "services/store/file_system.h"
#include "services/store/losses.h"
#include "services/store/shared_schemas.h"

namespace syspulse {

struct Recovery {
  std::shared_ptr<Head> head;  // the rows of the log that are in no block
  std::vector<BlockPtr> blocks;
  HostLabels host_labels;
  Deletions deletions;
  std::uint64_t next_segment = 1;    // above all that stand in the folder
  std::int64_t replayed_rows = 0;    // of the log
  std::vector<absl::Status> damage;  // what is damaged, one for each file or label set
  std::vector<Loss> losses;          // what is in no answer for that, or for earlier damage
};

// Reads the store in `directory`, which exists and is locked, and removes files that are done with.
// What it returns shares schemas with `schemas`. Errors are those of the file system, for what
// cannot be read but is not damaged.
absl::StatusOr<Recovery> Recover(FileSystem* files, const std::string& directory,
                                 SharedSchemas* schemas);

}  // namespace syspulse

#endif  // SERVICES_STORE_RECOVERY_H_
