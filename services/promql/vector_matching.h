// Operators between two vectors: which series of one side meets which of the other.
//
// Series meet if the labels that count are equal. One side is "one": at each step at most one of
// its series may be in each such group. It is read first and held; the other side then passes by,
// row by row. That no two results are the same series is checked step by step, as Prometheus does:
// series that are never there at the same time do not disturb each other.
#ifndef SERVICES_PROMQL_VECTOR_MATCHING_H_
#define SERVICES_PROMQL_VECTOR_MATCHING_H_

#include "absl/status/status.h"
#include "services/promql/ast.h"
#include "services/promql/column.h"
#include "services/promql/evaluation.h"

namespace syspulse::promql {

// Returns whether results of an operator that computes or compares have no metric's name.
bool DropsName(const Binary& binary, const EngineOptions& options);

// Arithmetic and comparisons. FailedPrecondition, in Prometheus' words, if series do not match
// uniquely.
absl::Status VectorOperatorRows(Evaluation& evaluation, const Binary& binary, const Grid& grid,
                                const RowSink& sink);

// and, or, unless.
absl::Status SetOperatorRows(Evaluation& evaluation, const Binary& binary, const Grid& grid,
                             const RowSink& sink);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_VECTOR_MATCHING_H_
