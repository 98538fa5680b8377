// Series as selectors and subqueries give them: read one after the other and seen through windows.
#ifndef SERVICES_PROMQL_SELECTION_H_
#define SERVICES_PROMQL_SELECTION_H_

#include <functional>
#include <span>

#include "absl/status/status.h"
#include "services/promql/ast.h"
#include "services/promql/column.h"
#include "services/promql/evaluation.h"
#include "services/promql/series_rows.h"
#include "services/promql/windows.h"

namespace syspulse::promql {

// Takes one series after the other. What it is given is valid during the call only.
using WindowSink = std::function<absl::Status(const Labels& labels, const WindowedSeries& series)>;

// Sends the series of a matrix: a selector with a range or a subquery, parentheses around it or
// not. Windows may all be empty.
absl::Status MatrixRows(Evaluation& evaluation, const Expr& matrix, const Grid& grid,
                        const WindowSink& sink);

// Fills a row, one value a step, from a series. Called by several threads.
using WindowWork = std::function<absl::Status(const WindowedSeries& series, std::span<double> row)>;

// Sends what `work` makes of each series of a matrix, without rows that hold no value; where there
// are many series, several threads do it.
absl::Status WindowRows(Evaluation& evaluation, const Expr& matrix, const Grid& grid,
                        LooksAt looks_at, const WindowWork& work, const RowSink& sink);

// Sends the rows of a vector with absent values where they are; other values may be any numbers.
absl::Status PresenceRows(Evaluation& evaluation, const Expr& vector, const Grid& grid,
                          const RowSink& sink);

// Sends a row for each series that a selector means: not its values, but when they were sampled, in
// seconds since 1970.
absl::Status TimestampRows(Evaluation& evaluation, const VectorSelector& selector, const Grid& grid,
                           const RowSink& sink);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_SELECTION_H_
