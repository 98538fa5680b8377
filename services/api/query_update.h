// Values of a watched expression, evaluated and serialised: once for all who watch it.
#ifndef SERVICES_API_QUERY_UPDATE_H_
#define SERVICES_API_QUERY_UPDATE_H_

#include <cstddef>
#include <stop_token>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/api/live_value.h"
#include "services/api/query_evaluator.h"
#include "services/api/query_proto.h"
#include "services/promql/ast.h"
#include "services/promql/query_context.h"
#include "syspulse/v1/query_service.pb.h"

namespace syspulse {

// Returns the values of an expression over a grid, as a value of this kind. Errors are those of
// WatchQuery; Cancelled once `stop` is requested.
absl::StatusOr<LiveValuePtr> MakeQueryUpdate(const QueryEvaluator& queries,
                                             const promql::Expr& expr, const QueryGrid& grid,
                                             ValueKind kind, const promql::QueryLimits& limits,
                                             const std::stop_token& stop);

// Leaves out the oldest moments of an update that has more bytes than `most_bytes`, and says so in
// its infos. ResourceExhausted if not even the newest moment fits.
absl::Status FitQueryUpdate(std::size_t most_bytes, v1::QueryUpdate* update);

// Returns the end of a topic as a value of its stream.
LiveValuePtr MakeTopicError(const absl::Status& status);

}  // namespace syspulse

#endif  // SERVICES_API_QUERY_UPDATE_H_
