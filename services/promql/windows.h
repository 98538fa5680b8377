// Which samples of a series each step of a query looks at.
//
// Steps ascend, so two indexes slide over the column of times once. Series of one source share
// their column of times; a WindowFinder therefore remembers what it found for the last column, and
// what follows from times alone.
#ifndef SERVICES_PROMQL_WINDOWS_H_
#define SERVICES_PROMQL_WINDOWS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "services/base/falls.h"
#include "services/promql/column.h"
#include "services/promql/query_context.h"

namespace syspulse::promql {

// Samples `first` up to but not with `last`.
struct Window {
  std::uint32_t first = 0;
  std::uint32_t last = 0;

  std::uint32_t size() const { return last - first; }
  bool operator==(const Window&) const = default;
};

// For how long the change between a window's first and last sample is taken to go on: up to the
// window's edge if that is about as near as the next sample would have been, else half the distance
// between samples. That is Prometheus' rule.
struct Reach {
  double sampled = 0;            // seconds from the first sample to the last one
  double between = 0;            // seconds from one sample to the next one, on average
  double to_start = 0;           // seconds from the window's beginning to the first sample
  double to_end = 0;             // seconds from the last sample to the window's end
  double factor = 0;             // what a change between the samples is multiplied by
  double factor_per_second = 0;  // the same, over the window's length

  // Returns the factor if the change began no earlier than so many seconds before the first sample.
  double FactorFrom(double to_begin) const;
};

// The pieces into which the ends of windows cut a column, and where each window stands among them.
struct WindowCuts {
  std::vector<std::uint32_t> ends;   // of windows, ascending, each once; the first is 0
  std::vector<std::uint32_t> first;  // of each window, its first sample's place in `ends`
  std::vector<std::uint32_t> last;   // of each window, the place behind its last sample's
  std::uint64_t samples = 0;         // that all windows hold together
};

// Finds the cuts of windows over a column of `samples`.
WindowCuts CutsOf(std::span<const Window> windows, std::size_t samples);

// Finds the windows that end at each moment of a grid and reach back `range_ms`. Both ends belong
// to a window; with `left_open`, as in Prometheus 3, the earlier one does not. Confined to one
// thread.
class WindowFinder {
 public:
  WindowFinder(Grid ends, std::int64_t range_ms, bool left_open)
      : ends_(ends), range_ms_(range_ms), left_open_(left_open) {}

  // Returns the window of each moment, valid until the next call. `owner` keeps the column alive;
  // if it is null, nothing is remembered about the column.
  std::span<const Window> Find(std::span<const std::int64_t> times_ms,
                               const std::shared_ptr<const void>& owner);

  // Returns the reach of each window that was found last, valid as long: one of less than two
  // samples has none. `later_corrections` is that of EngineOptions.
  std::span<const Reach> Reaches(bool later_corrections);

  // Returns the cuts of the windows that were found last, valid as long.
  const WindowCuts& Cuts();

  const Grid& ends() const { return ends_; }
  std::int64_t range_ms() const { return range_ms_; }

 private:
  Reach ReachOf(std::size_t step, bool later_corrections) const;

  const Grid ends_;
  const std::int64_t range_ms_;
  const bool left_open_;
  std::vector<Window> windows_;          // of `times_`
  std::vector<Reach> reaches_;           // of `windows_`; none until asked for
  std::optional<WindowCuts> cuts_;       // of `windows_`; none until asked for
  std::span<const std::int64_t> times_;  // the last column asked for
  std::shared_ptr<const void> owner_;    // holds on to it: no other column can have its address
};

// One series seen through windows, as functions over ranges get it.
struct WindowedSeries {
  std::span<const std::int64_t> times_ms;
  std::span<const double> values;   // as many as times, none of them absent
  FallRange falls = {};             // of the values
  std::span<const Window> windows;  // one a step
  Grid ends;                        // when each window ends
  std::int64_t range_ms = 0;        // how long each window is
  Grid steps;                       // of the query: differs from `ends` by offset and @
  // The function's scalar arguments in order, a column of all steps each.
  std::span<const std::vector<double>> parameters;
  bool later_corrections = false;         // of EngineOptions
  WindowFinder* finder = nullptr;         // that found the windows last; never null
  const QueryContext* context = nullptr;  // never null
};

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_WINDOWS_H_
