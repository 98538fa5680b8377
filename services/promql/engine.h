// PromQL's engine: a tree and a source of series in, values out.
//
// The semantics are those of Prometheus 2.42, to the letter, over numbers; there are no native
// histograms. A query is evaluated by the thread that asks, with the help of others if there is
// much to do, within the limits of its context.
//
//   ASSIGN_OR_RETURN(const ExprPtr expr, ParseExpr("sum by (instance) (rate(x_total[5m]))"));
//   QueryContext context(limits, clock, stop_token);
//   ASSIGN_OR_RETURN(const Answer answer, engine.Instant(*expr, now_ms, source, context));
#ifndef SERVICES_PROMQL_ENGINE_H_
#define SERVICES_PROMQL_ENGINE_H_

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/base/worker_pool.h"
#include "services/promql/ast.h"
#include "services/promql/engine_options.h"
#include "services/promql/query_context.h"
#include "services/promql/series_source.h"
#include "services/promql/values.h"

namespace syspulse::promql {

// Thread-safe: it keeps nothing between queries.
class Engine {
 public:
  // With `workers`, which must outlive this, queries over many series are evaluated by all of their
  // threads.
  explicit Engine(EngineOptions options = {}, WorkerPool* workers = nullptr)
      : options_(options), workers_(workers) {}

  // Returns the value of an expression at one moment: any of the four kinds. With `text`, the query
  // as it was written, warnings say where in it. FailedPrecondition, in
  // Prometheus' words, if the series there are do not suit the expression; ResourceExhausted,
  // Cancelled or DeadlineExceeded by `context`; what `source` returns.
  absl::StatusOr<Answer> Instant(const Expr& expr, std::int64_t time_ms, const SeriesSource& source,
                                 QueryContext& context, std::string_view text = {}) const;

  // Returns the values from the start of `range` on, every `step_ms`, up to its end, as a Matrix.
  // InvalidArgument if the expression is neither scalar nor vector, the range or the step is not
  // positive, or there are more steps than `context` allows; else as Instant().
  absl::StatusOr<Answer> Range(const Expr& expr, TimeRange range, std::int64_t step_ms,
                               const SeriesSource& source, QueryContext& context,
                               std::string_view text = {}) const;

 private:
  const EngineOptions options_;
  WorkerPool* const workers_;  // null: none
};

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_ENGINE_H_
