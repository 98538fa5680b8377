#include "clients/cli/output/table.h"

#include <cmath>

#include "absl/strings/str_format.h"
#include "clients/cli/output/safe_text.h"
#include "clients/cli/output/units.h"

namespace syspulse {
namespace {

constexpr double kWarningRatio = 0.75;
constexpr double kCriticalRatio = 0.90;

Cell Unmeasured() { return {.human = "-", .is_number = true, .emphasis = Emphasis::kFaint}; }

bool IsMeasured(const std::optional<double>& value) { return value && std::isfinite(*value); }

}  // namespace

Emphasis EmphasisOf(double ratio) {
  if (ratio >= kCriticalRatio) return Emphasis::kCritical;
  return ratio >= kWarningRatio ? Emphasis::kWarning : Emphasis::kNone;
}

Cell TextCell(std::string_view text, Emphasis emphasis) {
  const std::string safe = SafeText(text);
  return {.human = safe, .exact = safe, .emphasis = emphasis};
}

Cell CountCell(std::int64_t count) {
  const std::string text = absl::StrFormat("%d", count);
  return {.human = text, .exact = text, .is_number = true};
}

Cell NumberCell(std::optional<double> number, int decimals) {
  if (!IsMeasured(number)) return Unmeasured();
  return {.human = absl::StrFormat("%.*f", decimals, *number),
          .exact = ExactNumber(*number),
          .is_number = true};
}

Cell BytesCell(std::optional<double> bytes) {
  if (!IsMeasured(bytes)) return Unmeasured();
  return {.human = HumanBytes(*bytes), .exact = ExactNumber(*bytes), .is_number = true};
}

Cell RatioCell(std::optional<double> ratio, bool can_run_out) {
  if (!IsMeasured(ratio)) return Unmeasured();
  return {.human = HumanPercent(*ratio),
          .exact = ExactNumber(*ratio),
          .is_number = true,
          .emphasis = can_run_out ? EmphasisOf(*ratio) : Emphasis::kNone};
}

Cell TimeCell(absl::Time time, absl::TimeZone zone, bool milliseconds) {
  return {.human = HumanClock(time, zone, milliseconds), .exact = ExactTime(time)};
}

}  // namespace syspulse
