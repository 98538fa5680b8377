// Numbers as people read them: short, with a unit, of a width that a column can count on.
#ifndef CLIENTS_CLI_OUTPUT_UNITS_H_
#define CLIENTS_CLI_OUTPUT_UNITS_H_

#include <string>

#include "absl/time/time.h"

namespace syspulse {

// Returns `512B`, `1.2K`, `34.5M`, `345G`: powers of 1024, at most five columns up to 999E.
std::string HumanBytes(double bytes);

// Returns `42.1%` for 0.421.
std::string HumanPercent(double ratio);

// Returns how long something has lasted: `45s`, `12m 5s`, `4h 11m`, `12d 4h`.
std::string HumanDuration(double seconds);

// Returns processor time as top(1) writes it: `0:01.23`, `59:59.99`, then `3h25:11`, `12d 3h`.
std::string HumanCpuTime(double seconds);

// Returns `14:03:07` in `zone`, or `14:03:07.250`.
std::string HumanClock(absl::Time time, absl::TimeZone zone, bool milliseconds = false);

// Returns the time in RFC 3339, in UTC: `2026-01-02T03:04:05Z`, with a fraction where there is one.
std::string ExactTime(absl::Time time);

// Returns the shortest text that reads back as the same number; empty for NaN and infinities.
std::string ExactNumber(double number);

}  // namespace syspulse

#endif  // CLIENTS_CLI_OUTPUT_UNITS_H_
