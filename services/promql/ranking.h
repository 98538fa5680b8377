// Aggregations that need all values of a group at once: topk, bottomk, quantile and count_values.
#ifndef SERVICES_PROMQL_RANKING_H_
#define SERVICES_PROMQL_RANKING_H_

#include "absl/status/status.h"
#include "services/promql/ast.h"
#include "services/promql/column.h"
#include "services/promql/evaluation.h"

namespace syspulse::promql {

// topk and bottomk keep rows as they are. At a single step, rows are sent best first, group by
// group.
absl::Status TopRows(Evaluation& evaluation, const Aggregate& aggregate, const Grid& grid,
                     const RowSink& sink);

absl::Status QuantileRows(Evaluation& evaluation, const Aggregate& aggregate, const Grid& grid,
                          const RowSink& sink);

// FailedPrecondition if no label can have the name that count_values was given.
absl::Status CountValuesRows(Evaluation& evaluation, const Aggregate& aggregate, const Grid& grid,
                             const RowSink& sink);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_RANKING_H_
