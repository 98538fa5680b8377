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

// Days and times of people, by their own clock unless an offset stands behind them.
constexpr const char* kCivilForms[] = {"%E4Y-%m-%d",
                                       "%E4Y-%m-%d %H:%M",
                                       "%E4Y-%m-%d %H:%M:%E*S",
                                       "%E4Y-%m-%d%ET%H:%M",
                                       "%E4Y-%m-%d%ET%H:%M:%E*S",
                                       "%E4Y-%m-%d %H:%M%Ez",
                                       "%E4Y-%m-%d%ET%H:%M%Ez",
                                       "%E4Y-%m-%d %H:%M:%E*S%Ez"};

std::optional<absl::Time> ReadMoment(std::string_view text, absl::Time exact_now,
                                     absl::TimeZone zone) {
  const absl::Time now = absl::FromUnixSeconds(absl::ToUnixSeconds(exact_now));
  if (text == "now") return now;
  const std::string_view offset_text = text.substr(text.starts_with("now") ? 3 : 0);
  if (offset_text.starts_with('-') || offset_text.starts_with('+')) {
    const auto offset = ParseDuration(offset_text.substr(1));
    if (offset.ok()) return offset_text.front() == '-' ? now - *offset : now + *offset;
  }
  if (const auto seconds = ParseNumber<double>(text); seconds && std::isfinite(*seconds)) {
    return absl::UnixEpoch() + absl::Seconds(*seconds);
  }
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, std::string(text), &time, &error)) return time;
  for (const char* const form : kCivilForms) {
    if (absl::ParseTime(form, std::string(text), zone, &time, &error)) return time;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<absl::Time> ParseMoment(std::string_view text, absl::Time now, absl::TimeZone zone) {
  const std::optional<absl::Time> time = ReadMoment(text, now, zone);
  if (!time || *time < absl::UnixEpoch() + absl::Seconds(kFirstSecond) ||
      *time > absl::UnixEpoch() + absl::Seconds(kLastSecond)) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "'%s' is not a time; write now, -15m, 2026-01-02, '2026-01-02 15:04', 2026-01-02T15:04:05Z "
        "or seconds since 1970",
        text));
  }
  return absl::FromUnixMillis(absl::ToUnixMillis(*time));
}

absl::Duration DefaultStep(absl::Duration range) {
  return std::max(absl::Ceil(range / kSteps, absl::Seconds(1)), absl::Seconds(1));
}

}  // namespace syspulse
