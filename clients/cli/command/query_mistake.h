// A mistake in an expression, shown where it is.
#ifndef CLIENTS_CLI_COMMAND_QUERY_MISTAKE_H_
#define CLIENTS_CLI_COMMAND_QUERY_MISTAKE_H_

#include <string_view>

#include "absl/status/status.h"

namespace syspulse {

// Returns FailedPrecondition with the service's message, the line of the expression (of a long one
// what stands around the place) and a caret under the place, each on a line of its own, if `status`
// is InvalidArgument and its message begins with `line:column:`, counted in bytes from 1. Any other
// status is returned as it is.
absl::Status WithPlace(const absl::Status& status, std::string_view expression);

}  // namespace syspulse

#endif  // CLIENTS_CLI_COMMAND_QUERY_MISTAKE_H_
