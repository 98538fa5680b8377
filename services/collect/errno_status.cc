#include "services/collect/errno_status.h"

#include <cerrno>
#include <cstring>
#include <string>

#include "absl/strings/str_format.h"

namespace syspulse {

absl::Status ErrnoStatus(int error, std::string_view what, std::string_view path) {
  const std::string message = absl::StrFormat("%s %s: %s", what, path, std::strerror(error));
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENODEV:  // the device of a sysfs file was removed
    case ESRCH:   // the process ended
      return absl::NotFoundError(message);
    case EACCES:
    case EPERM:
      return absl::PermissionDeniedError(message);
    case EOPNOTSUPP:  // pressure information that is switched off
      return absl::FailedPreconditionError(message);
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return absl::ResourceExhaustedError(message);
    default:
      return absl::UnavailableError(message);
  }
}

}  // namespace syspulse
