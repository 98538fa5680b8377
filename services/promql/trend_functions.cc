#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/promql/exact_sum.h"
#include "services/promql/math_functions.h"
#include "services/promql/window_functions.h"

namespace syspulse::promql {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Line {
  double slope = 0;      // a second
  double intercept = 0;  // at the moment asked for
};

// Returns the line through the samples of a window that is off by the least squares.
Line FitLine(const WindowedSeries& series, Window window, std::int64_t intercept_ms) {
  const double first = series.values[window.first];
  bool constant = true;
  double count = 0;
  ExactSum x_sum;
  ExactSum y_sum;
  ExactSum xy_sum;
  ExactSum x2_sum;
  for (std::uint32_t i = window.first; i < window.last; ++i) {
    const double y = series.values[i];
    if (i > window.first && y != first) constant = false;
    ++count;
    const double x = static_cast<double>(series.times_ms[i] - intercept_ms) / 1e3;
    x_sum.Add(x);
    y_sum.Add(y);
    xy_sum.Add(x * y);
    x2_sum.Add(x * x);
  }
  if (constant) return std::isinf(first) ? Line{kNan, kNan} : Line{0, first};
  const double x = x_sum.sum + x_sum.lost;
  const double y = y_sum.sum + y_sum.lost;
  const double covariance = xy_sum.sum + xy_sum.lost - x * y / count;
  const double variance = x2_sum.sum + x2_sum.lost - x * x / count;
  const double slope = covariance / variance;
  return {.slope = slope, .intercept = y / count - slope * x / count};
}

absl::Status Deriv(const WindowedSeries& series, std::span<double> out) {
  return ForEachWindow(series, out, [&](std::size_t, Window window) {
    if (window.size() < 2) return kAbsent;
    return FitLine(series, window, series.times_ms[window.first]).slope;
  });
}

absl::Status PredictLinear(const WindowedSeries& series, std::span<double> out) {
  return ForEachWindow(series, out, [&](std::size_t step, Window window) {
    if (window.size() < 2) return kAbsent;
    const Line line = FitLine(series, window, series.steps.At(step));
    return line.slope * series.parameters[0][step] + line.intercept;
  });
}

absl::Status CheckFactor(std::string_view what, std::string_view name, double factor) {
  if (factor > 0 && factor < 1) return absl::OkStatus();
  if (std::isnan(factor)) return absl::OkStatus();  // as Prometheus: everything becomes NaN
  return absl::FailedPreconditionError(
      absl::StrFormat("invalid %s factor. Expected: 0 < %s < 1, got: %s", what, name,
                      std::isinf(factor) ? FormatFloat(factor) : absl::StrFormat("%f", factor)));
}

// Double exponential smoothing of one window; `level` weighs values, `trend` weighs their slope.
double Smooth(std::span<const double> values, double level, double trend) {
  double before = 0;
  double smoothed = values[0];
  double slope = values[1] - values[0];
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (i > 1) slope = trend * (smoothed - before) + (1 - trend) * slope;
    const double next = level * values[i] + (1 - level) * (smoothed + slope);
    before = std::exchange(smoothed, next);
  }
  return smoothed;
}

absl::Status HoltWinters(const WindowedSeries& series, std::span<double> out) {
  absl::Status bad;
  absl::Status status = ForEachWindow(series, out, [&](std::size_t step, Window window) {
    const double level = series.parameters[0][step];
    const double trend = series.parameters[1][step];
    if (bad.ok()) bad = CheckFactor("smoothing", "sf", level);
    if (bad.ok()) bad = CheckFactor("trend", "tf", trend);
    if (!bad.ok() || window.size() < 2) return kAbsent;
    return Smooth(series.values.subspan(window.first, window.size()), level, trend);
  });
  return bad.ok() ? status : bad;
}

constexpr std::pair<std::string_view, WindowFunction> kFunctions[] = {
    {"deriv", Deriv}, {"holt_winters", HoltWinters}, {"predict_linear", PredictLinear}};

}  // namespace

WindowFunction FindTrendFunction(std::string_view name) {
  for (const auto& [function, call] : kFunctions) {
    if (function == name) return call;
  }
  return nullptr;
}

}  // namespace syspulse::promql
