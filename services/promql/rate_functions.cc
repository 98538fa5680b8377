#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "services/base/falls.h"
#include "services/promql/window_functions.h"

namespace syspulse::promql {
namespace {

// Returns whether a counter that grew by `change` to go on from `first` may have been zero within
// the window: then its growth began there. Says so too often rather than too rarely: who says no
// saves a division.
bool MayBeginAtZero(const Reach& reach, double first, double change) {
  constexpr double kSlack = 1.000001;
  const double above = first * reach.sampled;
  return !(above > reach.to_start * change * kSlack && above < std::numeric_limits<double>::max());
}

// Only the ends of windows are looked at, so what they wait for is memory: it is asked for so many
// steps ahead.
constexpr std::size_t kAhead = 24;

template <bool kIsCounter, bool kPerSecond>
absl::Status Extrapolated(const WindowedSeries& series, std::span<double> out) {
  const std::span<const Reach> reaches = series.finder->Reaches(series.later_corrections);
  const double range = static_cast<double>(series.range_ms) / 1000;
  std::vector<std::uint32_t> resets;
  if (kIsCounter) resets = FallsOf(series.values, series.falls);  // where it started again
  auto next_reset = resets.cbegin();
  return ForEachWindow(series, out, [&](std::size_t step, Window window) {
    if (step + kAhead < series.windows.size()) {
      __builtin_prefetch(series.values.data() + series.windows[step + kAhead].last);
    }
    if (window.size() < 2) return kAbsent;
    const double first = series.values[window.first];
    double change = series.values[window.last - 1] - first;
    while (next_reset != resets.cend() && *next_reset <= window.first) ++next_reset;
    for (auto reset = next_reset; reset != resets.cend() && *reset < window.last; ++reset) {
      change += series.values[*reset - 1];
    }
    const Reach& reach = reaches[step];
    if (kIsCounter && change > 0 && first >= 0 && MayBeginAtZero(reach, first, change)) {
      const double factor =
          reach.FactorFrom(std::min(reach.to_start, reach.sampled * (first / change)));
      return change * (kPerSecond ? factor / range : factor);
    }
    return change * (kPerSecond ? reach.factor_per_second : reach.factor);
  });
}

// What the last two samples say.
template <bool kIsRate>
absl::Status OfLastTwo(const WindowedSeries& series, std::span<double> out) {
  return ForEachWindow(series, out, [&](std::size_t, Window window) {
    if (window.size() < 2) return kAbsent;
    const double last = series.values[window.last - 1];
    const double before = series.values[window.last - 2];
    const double change = kIsRate && last < before ? last : last - before;
    if (!kIsRate) return change;
    const std::int64_t ms = series.times_ms[window.last - 1] - series.times_ms[window.last - 2];
    return change / (static_cast<double>(ms) / 1000);
  });
}

bool Differs(double before, double after) {
  return before != after && !(std::isnan(before) && std::isnan(after));
}

bool Falls(double before, double after) { return after < before; }

// Counts neighbours of which `kCounts` is true, from how many there are up to each sample.
template <bool (*kCounts)(double, double)>
absl::Status CountNeighbours(const WindowedSeries& series, std::span<double> out) {
  std::vector<std::uint32_t> up_to(series.values.size());
  for (std::size_t i = 1; i < series.values.size(); ++i) {
    up_to[i] = up_to[i - 1] + (kCounts(series.values[i - 1], series.values[i]) ? 1 : 0);
  }
  return ForEachWindow(series, out, [&](std::size_t, Window window) {
    return static_cast<double>(up_to[window.last - 1] - up_to[window.first]);
  });
}

constexpr std::pair<std::string_view, WindowFunction> kFunctions[] = {
    {"changes", CountNeighbours<Differs>},
    {"delta", Extrapolated<false, false>},
    {"idelta", OfLastTwo<false>},
    {"increase", Extrapolated<true, false>},
    {"irate", OfLastTwo<true>},
    {"rate", Extrapolated<true, true>},
    {"resets", CountNeighbours<Falls>},
};

}  // namespace

WindowFunction FindRateFunction(std::string_view name) {
  for (const auto& [function, call] : kFunctions) {
    if (function == name) return call;
  }
  return nullptr;
}

}  // namespace syspulse::promql
