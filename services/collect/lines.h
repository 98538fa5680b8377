// What the parsers of kernel files share: complete lines and numbers, or DataLoss.
#ifndef SERVICES_COLLECT_LINES_H_
#define SERVICES_COLLECT_LINES_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "services/base/text.h"

namespace syspulse {

// Checks that `text` ends with a whole line, as every file of the kernel does: what was cut inside
// a number must not pass for a smaller number.
inline absl::Status CheckWholeLines(std::string_view text, std::string_view file) {
  if (text.ends_with('\n')) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrFormat("parse %s: %s", file, text.empty() ? "it is empty" : "its last line is cut"));
}

// Returns DataLoss that shows the start of the line at fault.
inline absl::Status BadLine(std::string_view file, std::string_view line) {
  return absl::DataLossError(
      absl::StrFormat("parse %s: unexpected line '%s'", file, ToUtf8(line.substr(0, 80))));
}

}  // namespace syspulse

#endif  // SERVICES_COLLECT_LINES_H_
