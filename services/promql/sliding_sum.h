// Sums of windows that slide over a column, each value of which is looked at once.
//
//   const SlidingSum sums(values, windows, cuts);
//   sums.Of(step).Total();
//
// The ends of all windows cut the column into pieces, each of which is added up once. A window's
// sum is the difference of the sums up to its ends. Those are kept to twice the digits of a double,
// so that the difference is as exact as adding the window up would be; where a window is so small
// beside all of the column that it might not be, it is added up.
#ifndef SERVICES_PROMQL_SLIDING_SUM_H_
#define SERVICES_PROMQL_SLIDING_SUM_H_

#include <cstddef>
#include <span>
#include <vector>

#include "services/promql/exact_sum.h"
#include "services/promql/windows.h"

namespace syspulse::promql {

// Returns the sum of `values`, with what rounding took away.
ExactSum AddUp(std::span<const double> values);

// Confined to one thread; what it is made of must outlive it.
class SlidingSum {
 public:
  SlidingSum(std::span<const double> values, std::span<const Window> windows,
             const WindowCuts& cuts);

  // Returns the sum of the window at that place, as AddUp does.
  ExactSum Of(std::size_t window) const;

 private:
  bool DoesPay() const;

  const std::span<const double> values_;
  const std::span<const Window> windows_;
  const WindowCuts& cuts_;
  double all_ = 0;                // the sum of the column without signs
  std::vector<ExactSum> before_;  // of what stands before each cut; none if that does not pay
};

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_SLIDING_SUM_H_
