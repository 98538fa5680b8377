// Moments as people give them on a command line.
#ifndef CLIENTS_CLI_COMMAND_QUERY_TIME_H_
#define CLIENTS_CLI_COMMAND_QUERY_TIME_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace syspulse {

// Returns the moment that `text` means: `now`, the second that is begun, an offset from it such as
// `-15m`, `-1d` or `now-1d`, a time in RFC 3339 such as `2026-01-02T15:04:05Z`, a day or a time of
// `zone` such as `2026-01-02` or `2026-01-02 15:04`, or seconds since the Unix epoch, with a
// fraction or without. To the millisecond, years 1 to 9999. InvalidArgument for anything else.
absl::StatusOr<absl::Time> ParseMoment(std::string_view text, absl::Time now, absl::TimeZone zone);

// Returns the time between two values of a range if none is asked for: a 1/250 of it in whole
// seconds, one second at least.
absl::Duration DefaultStep(absl::Duration range);

}  // namespace syspulse

#endif  // CLIENTS_CLI_COMMAND_QUERY_TIME_H_
