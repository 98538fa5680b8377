// Which samples of a series each step of a query looks at.
//
// Steps ascend, so two indexes slide over the column of times once. Series of one source share
// their column of times; a WindowFinder therefore remembers what it found for the last column.
#ifndef SERVICES_PROMQL_WINDOWS_H_
#define SERVICES_PROMQL_WINDOWS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

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

  const Grid& ends() const { return ends_; }
  std::int64_t range_ms() const { return range_ms_; }

 private:
  const Grid ends_;
  const std::int64_t range_ms_;
  const bool left_open_;
  std::vector<Window> windows_;          // of `times_`
  std::span<const std::int64_t> times_;  // the last column asked for
  std::shared_ptr<const void> owner_;    // holds on to it: no other column can have its address
};

// One series seen through windows, as functions over ranges get it.
struct WindowedSeries {
  std::span<const std::int64_t> times_ms;
  std::span<const double> values;   // as many as times, none of them absent
  std::span<const Window> windows;  // one a step
  Grid ends;                        // when each window ends
  std::int64_t range_ms = 0;        // how long each window is
  Grid steps;                       // of the query: differs from `ends` by offset and @
  // The function's scalar arguments in order, a column of all steps each.
  std::span<const std::vector<double>> parameters;
  bool later_corrections = false;         // of EngineOptions
  const QueryContext* context = nullptr;  // never null
};

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_WINDOWS_H_
