// Spans of time as they stand in a query: 5m, 1h30m, 1y2w.
#ifndef SERVICES_PROMQL_DURATION_H_
#define SERVICES_PROMQL_DURATION_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace syspulse::promql {

// Returns the milliseconds of numbers with units, which are of y, w, d, h, m, s, ms, in this order
// and each at most once; a year has 365 days. "0" needs no unit. InvalidArgument if `text` is
// anything else or more than 292 years.
absl::StatusOr<std::int64_t> ParseDuration(std::string_view text);

// Returns the text of a span that is not negative. Years and weeks stand only for what they are
// exactly, so that 90 days are 90d.
std::string FormatDuration(std::int64_t milliseconds);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_DURATION_H_
