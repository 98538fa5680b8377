#include "clients/cli/command/query_time.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "absl/strings/str_format.h"
#include "services/base/options.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

// What a timestamp of the API holds: years 1 to 9999.
constexpr double kFirstSecond = -62135596800.0;
constexpr double kLastSecond = 253402300799.0;
constexpr int kSteps = 250;  // a point for every column of a wide terminal, and then some

std::optional<absl::Time> ReadMoment(std::string_view text, absl::Time exact_now) {
  const absl::Time now = absl::FromUnixSeconds(absl::ToUnixSeconds(exact_now));
  if (text == "now") return now;
  if (text.starts_with('-') || text.starts_with('+')) {
    const auto offset = ParseDuration(text.substr(1));
    if (offset.ok()) return text.front() == '-' ? now - *offset : now + *offset;
  }
  if (const auto seconds = ParseNumber<double>(text); seconds && std::isfinite(*seconds)) {
    return absl::UnixEpoch() + absl::Seconds(*seconds);
  }
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, std::string(text), &time, &error)) return time;
  return std::nullopt;
}

}  // namespace

absl::StatusOr<absl::Time> ParseMoment(std::string_view text, absl::Time now) {
  const std::optional<absl::Time> time = ReadMoment(text, now);
  if (!time || *time < absl::UnixEpoch() + absl::Seconds(kFirstSecond) ||
      *time > absl::UnixEpoch() + absl::Seconds(kLastSecond)) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "'%s' is not a time; write now, -15m, 2026-01-02T15:04:05Z or seconds since 1970", text));
  }
  return absl::FromUnixMillis(absl::ToUnixMillis(*time));
}

absl::Duration DefaultStep(absl::Duration range) {
  return std::max(absl::Ceil(range / kSteps, absl::Seconds(1)), absl::Seconds(1));
}

}  // namespace syspulse
