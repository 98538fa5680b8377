// Sums and means of doubles that keep what rounding takes away.
#ifndef SERVICES_PROMQL_EXACT_SUM_H_
#define SERVICES_PROMQL_EXACT_SUM_H_

#include <cmath>

namespace syspulse::promql {

// A sum beside what it lost to rounding, after Neumaier, written without branches (Knuth's TwoSum).
struct ExactSum {
  double sum = 0;
  double lost = 0;  // NaN once the sum is infinite

  void Add(double value) {
    const double next = sum + value;
    const double part = next - sum;
    lost += (sum - (next - part)) + (value - part);
    sum = next;
  }
  double Total() const { return std::isinf(sum) ? sum : sum + lost; }
};

// A mean that is the sum over the count, until the sum overflows: from then on each value moves the
// mean by its share.
struct ExactMean {
  double count = 0;
  ExactSum sum;  // the mean itself once `in_steps`
  bool in_steps = false;

  void Add(double value) {
    ++count;
    if (!in_steps) {
      if (count == 1 || !std::isinf(sum.sum + value)) {
        sum.Add(value);
        return;
      }
      in_steps = true;
      sum = {.sum = sum.sum / (count - 1),
             .lost = std::isinf(sum.sum) ? 0 : sum.lost / (count - 1)};
    }
    const double share = (count - 1) / count;
    sum = {.sum = sum.sum * share, .lost = sum.lost * share};
    sum.Add(value / count);
    if (std::isinf(sum.sum)) sum.lost = 0;
  }
  double Total() const {
    if (in_steps) return sum.Total();
    return std::isinf(sum.sum) ? sum.sum : sum.sum / count + sum.lost / count;
  }
};

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_EXACT_SUM_H_
