#include "services/api/query_update.h"

#include <algorithm>
#include <cstdint>
#include <memory>

#include "absl/strings/str_format.h"
#include "services/api/grpc_status.h"
#include "services/base/status_macros.h"
#include "services/model/proto.h"
#include "services/promql/series_source.h"
#include "syspulse/v1/live_service.pb.h"

namespace syspulse {
namespace {

constexpr std::size_t kMostBytes = 3 << 20;  // clients take 4 MiB a message unless told otherwise

// A watched expression that takes too long will do so again: unlike a query that is asked once, it
// is too large.
absl::Status Explain(const absl::Status& status, const promql::QueryLimits& limits) {
  if (!absl::IsDeadlineExceeded(status)) return status;
  return absl::ResourceExhaustedError(
      absl::StrFormat("the expression takes longer than %s to evaluate, too long to be watched; "
                      "ask for fewer series, "
                      "or for a shorter range",
                      absl::FormatDuration(limits.time)));
}

// Drops the first moments of the grid, and series that have no value then.
void DropOldest(int count, v1::QueryUpdate* update) {
  for (v1::GridSeries& series : *update->mutable_series()) {
    auto& values = *series.mutable_values();
    values.erase(values.begin(), values.begin() + count);
  }
  auto& all = *update->mutable_series();
  all.erase(std::remove_if(all.begin(), all.end(),
                           [](const v1::GridSeries& series) {
                             return std::ranges::all_of(series.values(), promql::IsStale);
                           }),
            all.end());
  const auto start = FromProto(update->start_time());
  const auto step = FromProto(update->step());
  ToProto(*start + count * *step, update->mutable_start_time());
  update->set_step_count(update->step_count() - count);
}

}  // namespace

absl::Status FitQueryUpdate(std::size_t most_bytes, v1::QueryUpdate* update) {
  const std::size_t bytes = update->ByteSizeLong();
  if (bytes <= most_bytes) return absl::OkStatus();
  const std::int64_t moments = update->step_count();
  update->add_infos("");  // counts as well
  while (update->ByteSizeLong() + 100 > most_bytes && update->step_count() > 1) {
    const std::int64_t steps = update->step_count();
    DropOldest(static_cast<int>(std::max<std::int64_t>(steps / 8, 1)), update);
  }
  if (update->ByteSizeLong() > most_bytes) {
    return absl::ResourceExhaustedError(absl::StrFormat(
        "the expression yields %d series, %.1f MiB each step; one that is watched yields %.1f MiB "
        "at most: aggregate it, or ask for fewer series",
        update->series_size(), static_cast<double>(update->ByteSizeLong()) / (1 << 20),
        static_cast<double>(most_bytes) / (1 << 20)));
  }
  *update->mutable_infos()->rbegin() =
      absl::StrFormat("the past is cut to its newest %d of %d moments, what fits into a message",
                      update->step_count(), moments);
  return absl::OkStatus();
}

absl::StatusOr<LiveValuePtr> MakeQueryUpdate(const QueryEvaluator& queries,
                                             const promql::Expr& expr, const QueryGrid& grid,
                                             ValueKind kind, const promql::QueryLimits& limits,
                                             const std::stop_token& stop) {
  v1::QueryUpdate update;
  RETURN_IF_ERROR(Explain(queries.Answer(expr, grid, limits, stop, &update), limits));
  RETURN_IF_ERROR(FitQueryUpdate(kMostBytes, &update));
  return std::make_shared<const LiveValue>(LiveValue{.kind = kind, .message = Serialize(update)});
}

LiveValuePtr MakeTopicError(const absl::Status& status) {
  const grpc::Status sent = ToGrpcStatus(status);
  v1::TopicError error;
  error.set_code(static_cast<std::int32_t>(sent.error_code()));
  error.set_message(sent.error_message());
  return std::make_shared<const LiveValue>(
      LiveValue{.kind = ValueKind::kTopicError, .message = Serialize(error)});
}

}  // namespace syspulse
