#include "clients/cli/chart/axis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "absl/strings/str_format.h"
#include "clients/cli/output/units.h"

namespace syspulse {
namespace {

struct Scale {
  double factor = 1;
  const char* suffix = "";
};

constexpr std::array<Scale, 8> kNumberScales = {{{1e15, "P"},
                                                 {1e12, "T"},
                                                 {1e9, "G"},
                                                 {1e6, "M"},
                                                 {1e3, "k"},
                                                 {1, ""},
                                                 {1e-3, "m"},
                                                 {1e-6, "u"}}};
constexpr double kNano = 1e-9;
constexpr double kMostScaled = 1e18;  // beyond these, exponents
constexpr double kLeastScaled = 1e-9;
constexpr double kSameRatio = 1e-12;  // a smaller difference is one of rounding
constexpr double kLargest = 1e300;    // so that no difference overflows
constexpr int kMostDecimals = 6;
constexpr int kBlanksBetweenTimes = 3;

// Returns the scale for values up to `size`. Four digits are read faster than a k.
Scale ScaleOf(double size, AxisUnit unit) {
  if (unit == AxisUnit::kBytes) {
    static constexpr std::array<const char*, 7> kSuffixes = {"B", "K", "M", "G", "T", "P", "E"};
    Scale scale{.factor = 1, .suffix = kSuffixes[0]};
    for (std::size_t i = 1; i < kSuffixes.size() && size >= scale.factor * 1024; ++i) {
      scale = {.factor = scale.factor * 1024, .suffix = kSuffixes[i]};
    }
    return scale;
  }
  if (size >= 1 && size < 1e4) return {};
  for (const Scale& scale : kNumberScales) {
    // A tenth is read as a tenth, a thousandth as 1m.
    if (size >= (scale.factor == 1 ? 0.01 : scale.factor)) return scale;
  }
  return {.factor = kNano, .suffix = "n"};
}

bool IsScaled(double size) { return size < kMostScaled && size >= kLeastScaled; }

// Returns how many decimals tell multiples of `step` apart.
int DecimalsOf(double step) {
  for (int decimals = 0; decimals < kMostDecimals; ++decimals) {
    const double scaled = step * std::pow(10, decimals);
    if (std::abs(scaled - std::round(scaled)) < 1e-6 * scaled) return decimals;
  }
  return kMostDecimals;
}

// Returns the least round number that is not below `raw`, which is above zero.
double RoundStep(double raw, bool binary) {
  if (binary) return std::exp2(std::ceil(std::log2(raw)));
  const double power = std::pow(10, std::floor(std::log10(raw)));
  for (const double digit : {1.0, 2.0, 5.0}) {
    if (raw <= digit * power * (1 + kSameRatio)) return digit * power;
  }
  return 10 * power;
}

std::string MarkLabel(double value, double step, double size, AxisUnit unit) {
  if (std::abs(value) < step / 2) return "0";
  if (!IsScaled(size)) return absl::StrFormat("%.4g", value);
  const Scale scale = ScaleOf(size, unit);
  return absl::StrFormat("%.*f%s", DecimalsOf(step / scale.factor), value / scale.factor,
                         scale.suffix);
}

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::array<std::int64_t, 26> kTimeSteps = {
    kSecond,     2 * kSecond, 5 * kSecond,  10 * kSecond, 15 * kSecond, 30 * kSecond, kMinute,
    2 * kMinute, 5 * kMinute, 10 * kMinute, 15 * kMinute, 30 * kMinute, kHour,        2 * kHour,
    3 * kHour,   6 * kHour,   12 * kHour,   kDay,         2 * kDay,     7 * kDay,     14 * kDay,
    30 * kDay,   90 * kDay,   365 * kDay,   3650 * kDay,  36500 * kDay};

// Returns the marks' times: multiples of the step by the zone's clock, which may be set meanwhile.
std::vector<std::int64_t> RoundTimes(std::int64_t first_ms, std::int64_t last_ms, std::int64_t step,
                                     absl::TimeZone zone) {
  const auto offset_at = [&](std::int64_t time_ms) {
    return absl::ToInt64Milliseconds(absl::Seconds(zone.At(absl::FromUnixMillis(time_ms)).offset));
  };
  std::vector<std::int64_t> times;
  // By the zone's clock, and as long as the clock could have been set ahead before the first.
  const std::int64_t local_last = last_ms + std::max(offset_at(first_ms), offset_at(last_ms));
  std::int64_t local = (first_ms + std::min(offset_at(first_ms), offset_at(last_ms))) / step * step;
  for (; local <= local_last; local += step) {
    // What the clock shows twice is the first of both; what it leaves out is no mark.
    std::int64_t time_ms = local - offset_at(first_ms);
    if (offset_at(time_ms) != offset_at(first_ms)) time_ms = local - offset_at(time_ms);
    if (time_ms + offset_at(time_ms) != local) continue;
    if (time_ms < first_ms || time_ms > last_ms) continue;
    times.push_back(time_ms);
  }
  return times;
}

const char* TimeFormat(std::int64_t step, std::int64_t span) {
  if (step >= kDay) return "%Y-%m-%d";
  if (span > kDay) return "%m-%d %H:%M";
  return step < kMinute ? "%H:%M:%S" : "%H:%M";
}

}  // namespace

ValueAxis MakeValueAxis(double least, double most, int marks, AxisUnit unit) {
  double low = std::clamp(least, -kLargest, kLargest);
  double high = std::clamp(most, -kLargest, kLargest);
  // Flat lines and values that spread well begin at zero.
  const bool flat = high - low <= kSameRatio * std::max(std::abs(low), std::abs(high));
  if (low > 0 && (flat || low < 2 * (high - low))) low = 0;
  if (high < 0 && (flat || -high < 2 * (high - low))) high = 0;
  if (high - low < 1 / kLargest) high = low + 1;
  const bool binary = unit == AxisUnit::kBytes && high >= 1024;
  const double step = RoundStep((high - low) / std::max(marks - 1, 1), binary);
  const double first = std::floor(low / step + 1e-9);
  const double last = std::max(std::ceil(high / step - 1e-9), first + 1);
  ValueAxis axis{.low = first * step, .high = last * step, .marks = {}};
  const double size = std::max(std::abs(axis.low), std::abs(axis.high));
  for (double i = first; i <= last; ++i) {
    axis.marks.push_back({.value = i * step, .label = MarkLabel(i * step, step, size, unit)});
  }
  return axis;
}

std::string ShortValue(double value, AxisUnit unit) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  if (unit == AxisUnit::kBytes) return HumanBytes(value);
  const double size = std::abs(value);
  if (size == 0) return "0";
  if (!IsScaled(size)) return absl::StrFormat("%.3g", value);
  const Scale scale = ScaleOf(size, unit);
  return absl::StrFormat("%.4g%s", value / scale.factor, scale.suffix);
}

std::vector<TimeMark> MakeTimeMarks(std::int64_t first_ms, std::int64_t last_ms, int columns,
                                    absl::TimeZone zone) {
  const std::int64_t span = last_ms - first_ms;
  std::vector<TimeMark> marks;
  for (const std::int64_t step : kTimeSteps) {
    const char* const format = TimeFormat(step, span);
    const auto label = [&](std::int64_t time_ms) {
      return absl::FormatTime(format, absl::FromUnixMillis(time_ms), zone);
    };
    const auto needed = static_cast<std::int64_t>(label(first_ms).size()) + kBlanksBetweenTimes;
    if (span / step + 1 > std::max<std::int64_t>(columns / needed, 1)) continue;
    for (const std::int64_t time : RoundTimes(first_ms, last_ms, step, zone)) {
      marks.push_back({.time_ms = time, .label = label(time)});
    }
    break;
  }
  if (marks.empty()) {
    marks.push_back(
        {.time_ms = first_ms,
         .label = absl::FormatTime("%Y-%m-%d %H:%M:%E*S", absl::FromUnixMillis(first_ms), zone)});
  }
  return marks;
}

}  // namespace syspulse
