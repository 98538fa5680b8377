// Quantiles of histograms whose buckets are series: `le` says up to which value a bucket counts.
#ifndef SERVICES_PROMQL_HISTOGRAM_QUANTILE_H_
#define SERVICES_PROMQL_HISTOGRAM_QUANTILE_H_

#include <span>
#include <vector>

#include "absl/status/status.h"
#include "services/promql/ast.h"
#include "services/promql/column.h"
#include "services/promql/evaluation.h"

namespace syspulse::promql {

struct Bucket {
  double upper_bound = 0;
  double count = 0;  // of all observations up to the bound
};

// Returns the quantile that buckets tell, interpolated within its bucket; NaN if there are fewer
// than two bounds, no bucket for +Inf, or no observations. Sorts and evens out `buckets`: bounds
// that stand twice are added up, and counts that fall are raised. `forced` becomes true if that
// changed any by more than rounding does.
double QuantileOfBuckets(double quantile, std::vector<Bucket>& buckets, bool& forced);

// Sends one row for each histogram among the rows of `expr`; `quantiles` has one for each step.
absl::Status HistogramQuantileRows(Evaluation& evaluation, std::span<const double> quantiles,
                                   const Expr& expr, const Grid& grid, const RowSink& sink);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_HISTOGRAM_QUANTILE_H_
