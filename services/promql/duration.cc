#include "services/promql/duration.h"

#include <array>
#include <charconv>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "services/promql/quote.h"

namespace syspulse::promql {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
  bool exact;  // written only if nothing is left over
};

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kDay = 24 * 60 * 60 * kSecond;
constexpr std::array<Unit, 7> kUnits = {{{"y", 365 * kDay, true},
                                         {"w", 7 * kDay, true},
                                         {"d", kDay, false},
                                         {"h", 60 * 60 * kSecond, false},
                                         {"m", 60 * kSecond, false},
                                         {"s", kSecond, false},
                                         {"ms", 1, false}}};

// What Prometheus' nanoseconds can hold.
constexpr std::int64_t kLongest = std::numeric_limits<std::int64_t>::max() / 1'000'000;

absl::Status NoDuration(std::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrFormat("not a valid duration string: %s", Quote(text)));
}

bool IsUnitLetter(char c) { return c >= 'a' && c <= 'z'; }

}  // namespace

absl::StatusOr<std::int64_t> ParseDuration(std::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("empty duration string");
  if (text == "0") return 0;
  std::int64_t sum = 0;
  bool too_long = false;
  auto unit = kUnits.begin();
  for (std::string_view rest = text; !rest.empty();) {
    std::int64_t count = 0;
    const auto [digits_end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (error == std::errc::invalid_argument || rest.front() == '-') return NoDuration(text);
    rest.remove_prefix(static_cast<std::size_t>(digits_end - rest.data()));
    std::size_t letters = 0;
    while (letters < rest.size() && IsUnitLetter(rest[letters])) ++letters;
    while (unit != kUnits.end() && unit->name != rest.substr(0, letters)) ++unit;
    if (unit == kUnits.end()) return NoDuration(text);
    rest.remove_prefix(letters);
    if (error != std::errc() || count > (kLongest - sum) / unit->milliseconds) {
      too_long = true;
    } else {
      sum += count * unit->milliseconds;
    }
    ++unit;
  }
  if (too_long) return absl::InvalidArgumentError("duration out of range");
  return sum;
}

std::string FormatDuration(std::int64_t milliseconds) {
  if (milliseconds == 0) return "0s";
  std::string text;
  std::int64_t rest = milliseconds;
  for (const Unit& unit : kUnits) {
    if (rest < unit.milliseconds || (unit.exact && rest % unit.milliseconds != 0)) continue;
    text += absl::StrFormat("%d%s", rest / unit.milliseconds, unit.name);
    rest %= unit.milliseconds;
  }
  return text;
}

}  // namespace syspulse::promql
