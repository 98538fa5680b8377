// What the calls of QueryService ask, answered: without gRPC, by the thread that calls.
#ifndef SERVICES_API_QUERY_EVALUATOR_H_
#define SERVICES_API_QUERY_EVALUATOR_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/api/query_proto.h"
#include "services/api/series_export.h"
#include "services/base/clock.h"
#include "services/base/status_macros.h"
#include "services/base/worker_pool.h"
#include "services/promql/ast.h"
#include "services/promql/engine.h"
#include "services/promql/query_context.h"
#include "services/promql/series_source.h"
#include "syspulse/v1/query_service.pb.h"

namespace syspulse {

// Returns how long a request may take, waiting included. InvalidArgument if what it says is no
// time.
template <typename Request>
absl::StatusOr<absl::Duration> TimeoutOf(const Request& request) {
  constexpr promql::QueryLimits kLimits;
  if constexpr (requires { request.timeout(); }) {
    if (!request.has_timeout()) return kLimits.time;
    ASSIGN_OR_RETURN(const std::int64_t millis, MillisFrom(request.timeout(), "timeout"));
    return std::min(kLimits.time, absl::Milliseconds(millis));
  }
  return kLimits.time;
}

// Thread-safe. Errors are those that query_service.proto names; Cancelled once `stop` is requested.
class QueryEvaluator {
 public:
  // `workers`, if not null, help with queries over many series. All must outlive this.
  QueryEvaluator(const promql::SeriesSource* series, const Clock* clock,
                 WorkerPool* workers = nullptr)
      : series_(series), clock_(clock), engine_({}, workers) {}

  // Returns one that ends queries which would cost more than that.
  QueryEvaluator Within(const promql::QueryLimits& limits) const {
    QueryEvaluator one = *this;
    one.limits_ = limits;
    return one;
  }

  // Returns one for which the timeout of a request counts from then on, monotonic.
  QueryEvaluator Since(absl::Duration asked) const {
    QueryEvaluator one = *this;
    one.asked_ = asked;
    return one;
  }

  absl::Status Answer(const v1::QueryRequest& request, const std::stop_token& stop,
                      v1::QueryResponse* response) const;
  absl::Status Answer(const v1::QueryRangeRequest& request, const std::stop_token& stop,
                      v1::QueryRangeResponse* response) const;
  absl::Status Answer(const v1::ListSeriesRequest& request, const std::stop_token& stop,
                      v1::ListSeriesResponse* response) const;
  absl::Status Answer(const v1::ListLabelsRequest& request, const std::stop_token& stop,
                      v1::ListLabelsResponse* response) const;
  absl::Status Answer(const v1::ListLabelValuesRequest& request, const std::stop_token& stop,
                      v1::ListLabelValuesResponse* response) const;

  // Returns what yields the samples that are asked for, message by message.
  absl::StatusOr<std::unique_ptr<SeriesExport>> Export(
      const v1::ExportSeriesRequest& request) const {
    return SeriesExport::Create(request, series_, clock_);
  }

  // Fills an update of a query that is watched with its values over a grid.
  absl::Status Answer(const promql::Expr& expr, const QueryGrid& grid,
                      const promql::QueryLimits& limits, const std::stop_token& stop,
                      v1::QueryUpdate* update) const;

  // Returns what queries read.
  const promql::SeriesSource& series() const { return *series_; }
  // Returns the clock that queries go by.
  const Clock& clock() const { return *clock_; }

 private:
  const promql::SeriesSource* const series_;
  const Clock* const clock_;
  const promql::Engine engine_;
  absl::StatusOr<promql::QueryLimits> LimitsFor(
      const absl::StatusOr<absl::Duration>& timeout) const;

  promql::QueryLimits limits_;
  std::optional<absl::Duration> asked_;
};

}  // namespace syspulse

#endif  // SERVICES_API_QUERY_EVALUATOR_H_
