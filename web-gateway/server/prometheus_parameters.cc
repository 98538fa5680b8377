#include "web-gateway/server/prometheus_parameters.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/promql/duration.h"
#include "services/promql/quote.h"
#include "web-gateway/server/percent_encoding.h"

namespace syspulse {
namespace {

// How Go, whose time reaches further than RFC 3339, writes the ends of it. Clients of Prometheus
// send them for "since ever" and "for ever".
constexpr std::string_view kFirstMoment = "-292273086-05-16T16:47:06Z";
constexpr std::string_view kLastMoment = "292277025-08-18T07:12:54.999999999Z";

// Returns a number without white space; Go's ParseFloat takes a plus sign.
std::optional<double> ParseFloat(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  if (text.find('(') != std::string_view::npos) return std::nullopt;  // C's nan(…)
  return ParseNumber<double>(text);
}

// Takes from `least` to `most` digits off `*rest`.
std::optional<int> TakeDigits(std::string_view* rest, std::size_t least, std::size_t most) {
  std::size_t count = 0;
  while (count < rest->size() && count < most && (*rest)[count] >= '0' && (*rest)[count] <= '9') {
    ++count;
  }
  if (count < least) return std::nullopt;
  const auto number = ParseNumber<int>(rest->substr(0, count));
  rest->remove_prefix(count);
  return number;
}

bool TakeCharacter(std::string_view* rest, std::string_view any_of) {
  if (rest->empty() || any_of.find(rest->front()) == std::string_view::npos) return false;
  rest->remove_prefix(1);
  return true;
}

// Takes digits behind the point of seconds; those beyond nanoseconds do not count.
std::optional<absl::Duration> TakeFraction(std::string_view* rest) {
  if (!TakeCharacter(rest, ".,")) return absl::ZeroDuration();
  const std::size_t end = std::min(rest->find_first_not_of("0123456789"), rest->size());
  if (end == 0) return std::nullopt;
  std::string digits(rest->substr(0, std::min<std::size_t>(end, 9)));
  digits.resize(9, '0');
  rest->remove_prefix(end);
  return absl::Nanoseconds(*ParseNumber<std::int64_t>(digits));
}

// Takes `Z` or `+02:00`.
std::optional<absl::Duration> TakeZone(std::string_view* rest) {
  if (TakeCharacter(rest, "Z")) return absl::ZeroDuration();
  const bool west = rest->starts_with('-');
  if (!TakeCharacter(rest, "+-")) return std::nullopt;
  const auto hours = TakeDigits(rest, 2, 2);
  if (!hours || *hours > 24 || !TakeCharacter(rest, ":")) return std::nullopt;
  const auto minutes = TakeDigits(rest, 2, 2);
  if (!minutes || *minutes > 60) return std::nullopt;
  const absl::Duration east = absl::Hours(*hours) + absl::Minutes(*minutes);
  return west ? -east : east;
}

// Returns the moment of RFC 3339 as Go reads it: an hour may have one digit.
std::optional<absl::Time> ParseRfc3339(std::string_view text) {
  const auto year = TakeDigits(&text, 4, 4);
  if (!year || !TakeCharacter(&text, "-")) return std::nullopt;
  const auto month = TakeDigits(&text, 2, 2);
  if (!month || !TakeCharacter(&text, "-")) return std::nullopt;
  const auto day = TakeDigits(&text, 2, 2);
  if (!day || !TakeCharacter(&text, "T")) return std::nullopt;
  const auto hour = TakeDigits(&text, 1, 2);
  if (!hour || !TakeCharacter(&text, ":")) return std::nullopt;
  const auto minute = TakeDigits(&text, 2, 2);
  if (!minute || !TakeCharacter(&text, ":")) return std::nullopt;
  const auto second = TakeDigits(&text, 2, 2);
  if (!second) return std::nullopt;
  const auto fraction = TakeFraction(&text);
  const auto zone = fraction ? TakeZone(&text) : std::nullopt;
  if (!zone || !text.empty()) return std::nullopt;
  const absl::CivilSecond civil(*year, *month, *day, *hour, *minute, *second);
  if (civil.month() != *month || civil.day() != *day || civil.hour() != *hour ||
      civil.minute() != *minute || civil.second() != *second) {
    return std::nullopt;  // there is no such day or time of day
  }
  return absl::FromCivil(civil, absl::UTCTimeZone()) + *fraction - *zone;
}

// Returns what is wrong with a pair that cannot be decoded, in Go's words.
std::string MistakeIn(std::string_view pair) {
  if (pair.find(';') != std::string_view::npos) return "invalid semicolon separator in query";
  std::size_t percent = pair.find('%');
  while (percent != std::string_view::npos && PercentDecode(pair.substr(percent, 3))) {
    percent = pair.find('%', percent + 1);
  }
  return "invalid URL escape " + promql::Quote(pair.substr(std::min(percent, pair.size()), 3));
}

}  // namespace

PrometheusParameters::PrometheusParameters(std::string_view query, std::string_view body) {
  Add(body);
  Add(query);
}

void PrometheusParameters::Add(std::string_view encoded) {
  while (!encoded.empty()) {
    const std::string_view pair = TakeUntil(&encoded, '&');
    // Go refuses the semicolon that HTML 4 had for a separator.
    auto parsed = pair.find(';') == std::string_view::npos ? ParseQuery(pair) : std::nullopt;
    if (parsed) {
      std::move(parsed->begin(), parsed->end(), std::back_inserter(pairs_));
    } else if (mistake_.empty()) {
      mistake_ = MistakeIn(pair);
    }
  }
}

std::string_view PrometheusParameters::Get(std::string_view name) const {
  for (const auto& [key, value] : pairs_) {
    if (key == name) return value;
  }
  return {};
}

std::vector<std::string> PrometheusParameters::GetAll(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : pairs_) {
    if (key == name) values.push_back(value);
  }
  return values;
}

absl::StatusOr<absl::Time> ParsePrometheusTime(std::string_view text) {
  if (const auto seconds = ParseFloat(text); seconds && std::abs(*seconds) < 1e15) {
    double whole = 0;
    const double fraction = std::modf(*seconds, &whole);
    // In this order, for every bit to be as Prometheus has it.
    const double rounded = std::round(fraction * 1000) / 1000;
    return absl::FromUnixSeconds(static_cast<std::int64_t>(whole)) +
           absl::Nanoseconds(static_cast<std::int64_t>(rounded * 1e9));
  }
  if (const auto time = ParseRfc3339(text)) return *time;
  if (text == kFirstMoment) return absl::InfinitePast();
  if (text == kLastMoment) return absl::InfiniteFuture();
  return absl::InvalidArgumentError(
      absl::StrFormat("cannot parse %s to a valid timestamp", promql::Quote(text)));
}

absl::StatusOr<absl::Duration> ParsePrometheusDuration(std::string_view text) {
  if (const auto seconds = ParseFloat(text)) {
    const double nanoseconds = *seconds * 1e9;
    constexpr double kMost = static_cast<double>(std::numeric_limits<std::int64_t>::max());
    if (std::abs(nanoseconds) >= kMost) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "cannot parse %s to a valid duration. It overflows int64", promql::Quote(text)));
    }
    if (std::isnan(nanoseconds)) return -absl::InfiniteDuration();  // as Go converts it
    return absl::Nanoseconds(static_cast<std::int64_t>(nanoseconds));
  }
  if (const auto millis = promql::ParseDuration(text); millis.ok()) {
    return absl::Milliseconds(*millis);
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("cannot parse %s to a valid duration", promql::Quote(text)));
}

absl::StatusOr<std::optional<absl::Time>> TimeParameter(const PrometheusParameters& parameters,
                                                        std::string_view name) {
  const std::string_view text = parameters.Get(name);
  if (text.empty()) return std::nullopt;
  const auto time = ParsePrometheusTime(text);
  if (time.ok()) return *time;
  return InvalidParameter(name, absl::StrFormat("Invalid time value for '%s': %s", name,
                                                std::string(time.status().message())));
}

absl::Status InvalidParameter(std::string_view name, std::string_view reason) {
  return absl::InvalidArgumentError(absl::StrFormat("invalid parameter \"%s\": %s", name, reason));
}

}  // namespace syspulse
