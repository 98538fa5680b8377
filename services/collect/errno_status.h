// What the kernel answers when it refuses, as a status.
#ifndef SERVICES_COLLECT_ERRNO_STATUS_H_
#define SERVICES_COLLECT_ERRNO_STATUS_H_

#include <string_view>

#include "absl/status/status.h"

namespace syspulse {

// Returns the status of an error, an errno, that came of doing `what` with `path`: NotFound if that
// is absent, PermissionDenied if it may not be read, FailedPrecondition if it is switched off,
// ResourceExhausted if there is no memory or no descriptor for it, Unavailable for all else.
absl::Status ErrnoStatus(int error, std::string_view what, std::string_view path);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_ERRNO_STATUS_H_
