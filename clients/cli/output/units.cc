#include "clients/cli/output/units.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/strings/str_format.h"

namespace syspulse {
namespace {

constexpr std::string_view kPrefixes = "BKMGTPE";
constexpr double kLongest = 1e15;  // seconds; keeps whole seconds within an int64_t

std::int64_t WholeSeconds(double seconds) {
  return static_cast<std::int64_t>(std::isfinite(seconds) ? std::clamp(seconds, 0.0, kLongest) : 0);
}

}  // namespace

std::string HumanBytes(double bytes) {
  if (!std::isfinite(bytes)) return "-";
  if (bytes < 0) return "-" + HumanBytes(-bytes);
  std::size_t unit = 0;
  // 999.5 and more would be written with four digits.
  while (bytes >= 999.5 && unit + 1 < kPrefixes.size()) {
    bytes /= 1024;
    ++unit;
  }
  const std::string suffix(1, kPrefixes[unit]);
  if (unit == 0 || bytes >= 99.95) return absl::StrFormat("%.0f", bytes) + suffix;
  return absl::StrFormat("%.1f", bytes) + suffix;
}

std::string HumanPercent(double ratio) {
  if (!std::isfinite(ratio)) return "-";
  return absl::StrFormat("%.1f%%", ratio * 100);
}

std::string HumanDuration(double seconds) {
  const std::int64_t whole = WholeSeconds(seconds);
  if (whole < 60) return absl::StrFormat("%ds", whole);
  if (whole < 3600) return absl::StrFormat("%dm %ds", whole / 60, whole % 60);
  if (whole < 86400) return absl::StrFormat("%dh %dm", whole / 3600, whole / 60 % 60);
  return absl::StrFormat("%dd %dh", whole / 86400, whole / 3600 % 24);
}

std::string HumanCpuTime(double seconds) {
  const std::int64_t whole = WholeSeconds(seconds);
  if (whole < 3600) {
    const std::int64_t hundredths =
        std::isfinite(seconds) ? std::llround(std::max(seconds, 0.0) * 100) : 0;
    return absl::StrFormat("%d:%02d.%02d", hundredths / 6000, hundredths / 100 % 60,
                           hundredths % 100);
  }
  if (whole < 100 * 3600) {
    return absl::StrFormat("%dh%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }
  return absl::StrFormat("%dd %dh", whole / 86400, whole / 3600 % 24);
}

std::string HumanClock(absl::Time time, absl::TimeZone zone, bool milliseconds) {
  return absl::FormatTime(milliseconds ? "%H:%M:%E3S" : "%H:%M:%S", time, zone);
}

std::string ExactTime(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", time, absl::UTCTimeZone());
}

std::string ExactNumber(double number) {
  if (!std::isfinite(number)) return "";
  std::array<char, 32> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return std::string(buffer.data(), error == std::errc() ? end : buffer.data());
}

}  // namespace syspulse
