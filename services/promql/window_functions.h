// Functions over ranges: rate() and its family, ..._over_time(), and those that fit a line.
//
// Each takes one series at all steps at once. The three files rate_functions.cc,
// over_time_functions.cc and trend_functions.cc hold them by family.
#ifndef SERVICES_PROMQL_WINDOW_FUNCTIONS_H_
#define SERVICES_PROMQL_WINDOW_FUNCTIONS_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "services/promql/column.h"
#include "services/promql/series_rows.h"
#include "services/promql/windows.h"

namespace syspulse::promql {

// Fills `out`, one value a step: absent where the window is empty or holds too little.
// FailedPrecondition if a parameter is out of its bounds; whatever `context->Check()` says.
using WindowFunction = absl::Status (*)(const WindowedSeries& series, std::span<double> out);

// Return the function of this name, or null if the family has none.
WindowFunction FindRateFunction(std::string_view name);
WindowFunction FindOverTimeFunction(std::string_view name);
WindowFunction FindTrendFunction(std::string_view name);

// Returns what the function looks at.
LooksAt LooksAtOf(WindowFunction function);

// Returns the quantile of `values`, whose order it changes: NaN for none or if `quantile` is
// NaN, -Inf below 0, +Inf above 1, else interpolated between neighbours.
double QuantileOf(double quantile, std::span<double> values);

// Calls `function(step, window)` for each window that is not empty and writes what it returns to
// `out`; asks now and then whether the query may go on.
template <typename Function>
absl::Status ForEachWindow(const WindowedSeries& series, std::span<double> out,
                           const Function& function) {
  constexpr std::uint64_t kCheckEvery = 1 << 20;  // samples: about a millisecond
  std::uint64_t samples = 0;
  for (std::size_t step = 0; step < out.size(); ++step) {
    const Window window = series.windows[step];
    out[step] = window.size() == 0 ? kAbsent : function(step, window);
    samples += window.size();
    if (samples < kCheckEvery) continue;
    samples = 0;
    if (absl::Status status = series.context->Check(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_WINDOW_FUNCTIONS_H_
