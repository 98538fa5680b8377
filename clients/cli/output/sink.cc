#include "clients/cli/output/sink.h"

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "absl/strings/str_format.h"

namespace syspulse {

absl::Status FileSink::Write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor_, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
      continue;
    }
    if (errno == EINTR) continue;
    reader_gone_ = errno == EPIPE;
    return absl::InternalError(absl::StrFormat("cannot write the output: %s", strerror(errno)));
  }
  return absl::OkStatus();
}

}  // namespace syspulse
