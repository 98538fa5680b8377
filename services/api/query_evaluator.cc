#include "services/api/query_evaluator.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_format.h"
#include "services/api/query_proto.h"
#include "services/base/status_macros.h"
#include "services/promql/labels.h"
#include "services/promql/parser.h"
#include "services/promql/values.h"

namespace syspulse {
namespace {

absl::StatusOr<QueryGrid> GridOf(const v1::QueryRangeRequest& request) {
  QueryGrid grid;
  if (!request.has_start_time() || !request.has_end_time()) {
    return absl::InvalidArgumentError("a range needs both start_time and end_time");
  }
  ASSIGN_OR_RETURN(grid.range.start_ms, MillisFrom(request.start_time(), "start_time"));
  ASSIGN_OR_RETURN(grid.range.end_ms, MillisFrom(request.end_time(), "end_time"));
  ASSIGN_OR_RETURN(grid.step_ms, MillisFrom(request.step(), "step"));
  if (grid.range.end_ms < grid.range.start_ms) {
    return absl::InvalidArgumentError("end_time is before start_time");
  }
  return grid;
}

// Clients of ours take messages of 64 MiB, and the service has to hold a few.
constexpr std::int64_t kMostAnswerBytes = 60 << 20;
constexpr std::int64_t kSampleBytes = 14;     // a time and a value
constexpr std::int64_t kValueBytes = 8;       // of a grid, which has no times
constexpr std::int64_t kBytesAroundText = 6;  // tags and lengths

std::int64_t BytesOf(const promql::Labels& labels) {
  std::int64_t bytes = kBytesAroundText;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const promql::Label label = labels[i];
    bytes += static_cast<std::int64_t>(label.name.size() + label.value.size()) + kBytesAroundText;
  }
  return bytes;
}

// Returns ResourceExhausted for an answer that does not fit into a message, before it is made one.
// `steps` are those of a grid; 0 where samples have times of their own.
absl::Status CheckSize(const promql::Answer& answer, std::int64_t steps) {
  std::int64_t bytes = 0;
  if (const auto* const matrix = std::get_if<promql::Matrix>(&answer.value)) {
    for (const promql::Series& series : matrix->series) {
      const auto samples = static_cast<std::int64_t>(series.values.size());
      bytes += BytesOf(series.labels) + (steps > 0 ? steps * kValueBytes : samples * kSampleBytes);
    }
  } else if (const auto* const vector = std::get_if<promql::Vector>(&answer.value)) {
    for (const promql::Sample& sample : vector->samples) {
      bytes += BytesOf(sample.labels) + kSampleBytes;
    }
  }
  if (bytes <= kMostAnswerBytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrFormat("the answer has %d MiB, and at most %d are sent; ask for less time, a longer "
                      "step or fewer series, or export them",
                      bytes >> 20, kMostAnswerBytes >> 20));
}

}  // namespace

// Returns what a query may cost: its time is what is left of the caller's, if that is less.
absl::StatusOr<promql::QueryLimits> QueryEvaluator::LimitsFor(
    const absl::StatusOr<absl::Duration>& timeout) const {
  RETURN_IF_ERROR(timeout.status());
  promql::QueryLimits limits = limits_;
  const absl::Duration waited = asked_ ? clock_->Monotonic() - *asked_ : absl::ZeroDuration();
  if (waited >= *timeout) return absl::DeadlineExceededError("query timed out in query queue");
  limits.time = std::min(limits.time, *timeout - waited);
  return limits;
}

absl::Status QueryEvaluator::Answer(const v1::QueryRequest& request, const std::stop_token& stop,
                                    v1::QueryResponse* response) const {
  std::int64_t time_ms = absl::ToUnixMillis(clock_->Now());
  if (request.has_time()) {
    ASSIGN_OR_RETURN(time_ms, MillisFrom(request.time(), "time"));
  }
  ASSIGN_OR_RETURN(const auto limits, LimitsFor(TimeoutOf(request)));
  ASSIGN_OR_RETURN(const promql::ExprPtr expr, promql::ParseExpr(request.query()));
  const absl::Duration start = clock_->Monotonic();
  promql::QueryContext context(limits, *clock_, stop);
  ASSIGN_OR_RETURN(promql::Answer answer, engine_.Instant(*expr, time_ms, *series_, context));
  RETURN_IF_ERROR(CheckSize(answer, 0));
  *response->mutable_stats() = StatsOf(context, clock_->Monotonic() - start);
  SetAnswer(std::move(answer), time_ms, response);
  return absl::OkStatus();
}

absl::Status QueryEvaluator::Answer(const v1::QueryRangeRequest& request,
                                    const std::stop_token& stop,
                                    v1::QueryRangeResponse* response) const {
  ASSIGN_OR_RETURN(const QueryGrid grid, GridOf(request));
  ASSIGN_OR_RETURN(const auto limits, LimitsFor(TimeoutOf(request)));
  ASSIGN_OR_RETURN(const promql::ExprPtr expr, promql::ParseExpr(request.query()));
  const absl::Duration start = clock_->Monotonic();
  promql::QueryContext context(limits, *clock_, stop);
  ASSIGN_OR_RETURN(promql::Answer answer,
                   engine_.Range(*expr, grid.range, grid.step_ms, *series_, context));
  RETURN_IF_ERROR(CheckSize(answer, grid.steps()));
  *response->mutable_stats() = StatsOf(context, clock_->Monotonic() - start);
  SetAnswer(std::move(answer), grid, response);
  return absl::OkStatus();
}

absl::Status QueryEvaluator::Answer(const promql::Expr& expr, const QueryGrid& grid,
                                    const promql::QueryLimits& limits, const std::stop_token& stop,
                                    v1::QueryUpdate* update) const {
  promql::QueryContext context(limits, *clock_, stop);
  ASSIGN_OR_RETURN(promql::Answer answer,
                   engine_.Range(expr, grid.range, grid.step_ms, *series_, context));
  SetAnswer(std::move(answer), grid, update);
  return absl::OkStatus();
}

}  // namespace syspulse
