// The file that keeps what hosts are called over restarts.
#ifndef SERVICES_STORE_HOST_LABELS_FILE_H_
#define SERVICES_STORE_HOST_LABELS_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/store/contents.h"
#include "services/store/file_system.h"

namespace syspulse {

// Writes the labels of all hosts; once it is OK they survive a crash. Errors are those of the file
// system.
absl::Status WriteHostLabels(FileSystem* files, const std::string& directory,
                             const HostLabels& labels);

// Returns what was written last; nothing if nothing was. DataLoss if the file is damaged.
absl::StatusOr<HostLabels> ReadHostLabels(FileSystem* files, const std::string& directory);

}  // namespace syspulse

#endif  // SERVICES_STORE_HOST_LABELS_FILE_H_
