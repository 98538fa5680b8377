// PromQL from the command line: the value of an expression now, then, or over time.
#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_format.h"
#include "clients/cli/chart/chart.h"
#include "clients/cli/command/commands.h"
#include "clients/cli/command/fields.h"
#include "clients/cli/command/query_mistake.h"
#include "clients/cli/command/query_tables.h"
#include "clients/cli/command/query_time.h"
#include "services/base/status_macros.h"
#include "services/model/proto.h"
#include "syspulse/v1/query_service.grpc.pb.h"

namespace syspulse {
namespace {

// Of charts where there is no terminal.
constexpr int kDefaultWidth = 80;
constexpr int kDefaultHeight = 24;

// How long PromQL takes a sample for the present one.
constexpr absl::Duration kLookback = absl::Minutes(5);

absl::Status Explained(const absl::Status& status, const std::string& expression) {
  if (status.code() == absl::StatusCode::kDeadlineExceeded) {
    return absl::DeadlineExceededError(
        absl::StrFormat("%s; give it longer with --timeout", status.message()));
  }
  return WithPlace(status, expression);
}

template <typename Response>
void TellNotes(const Session& session, const Response& response, bool empty) {
  for (const std::string& warning : response.warnings()) session.tell_user("warning: " + warning);
  for (const std::string& info : response.infos()) session.tell_user("note: " + info);
  if (empty) session.tell_user("no series has a value there");
}

absl::StatusOr<v1::QueryRequest> InstantRequest(const Session& session,
                                                const QueryArguments& options) {
  if (!options.end.empty() || options.step) {
    return absl::InvalidArgumentError("--end and --step are of a range: give its --start too");
  }
  v1::QueryRequest request;
  request.set_query(options.expression);
  ToProto(session.timeout, request.mutable_timeout());
  if (!options.time.empty()) {
    ASSIGN_OR_RETURN(const absl::Time time,
                     ParseMoment(options.time, session.clock->Now(), session.zone));
    ToProto(time, request.mutable_time());
  }
  return request;
}

absl::StatusOr<v1::QueryRangeRequest> RangeRequest(const Session& session,
                                                   const QueryArguments& options) {
  if (!options.time.empty()) {
    return absl::InvalidArgumentError("--time is one moment and --start a range: give one of them");
  }
  const absl::Time now = session.clock->Now();
  ASSIGN_OR_RETURN(const absl::Time start, ParseMoment(options.start, now, session.zone));
  ASSIGN_OR_RETURN(const absl::Time end,
                   ParseMoment(options.end.empty() ? "now" : options.end, now, session.zone));
  if (end < start) {
    return absl::InvalidArgumentError(absl::StrFormat("the end '%s' is before the start '%s'",
                                                      options.end.empty() ? "now" : options.end,
                                                      options.start));
  }
  v1::QueryRangeRequest request;
  request.set_query(options.expression);
  ToProto(start, request.mutable_start_time());
  ToProto(end, request.mutable_end_time());
  ToProto(options.step.value_or(DefaultStep(end - start)), request.mutable_step());
  ToProto(session.timeout, request.mutable_timeout());
  return request;
}

absl::Status WriteChart(const Session& session, const std::vector<Curve>& curves,
                        const ChartSpan& span, const QueryDisplay& display) {
  const std::string chart =
      DrawChart(curves, span,
                {.width = display.width > 0 ? display.width : kDefaultWidth,
                 .height = display.height > 0 ? display.height : kDefaultHeight,
                 .color = display.color,
                 .ascii = display.ascii,
                 .zone = session.zone});
  if (chart.empty() && !curves.empty()) {
    session.tell_user("there is nothing to draw: no value of these series is finite");
  }
  return display.sink->Write(chart);
}

// Samples as they are scraped, from the first to the last.
absl::Status WriteChart(const Session& session, const std::vector<Curve>& curves,
                        const QueryDisplay& display) {
  ChartSpan span{.first_ms = INT64_MAX,
                 .last_ms = INT64_MIN,
                 .longest_join_ms = absl::ToInt64Milliseconds(kLookback)};
  for (const Curve& curve : curves) {
    if (curve.points.empty()) continue;
    span.first_ms = std::min(span.first_ms, curve.points.front().time_ms);
    span.last_ms = std::max(span.last_ms, curve.points.back().time_ms);
  }
  return WriteChart(session, curves, span, display);
}

absl::Status QueryInstant(const Session& session, const QueryArguments& options,
                          const QueryDisplay& display) {
  ASSIGN_OR_RETURN(const v1::QueryRequest request, InstantRequest(session, options));
  const auto stub = v1::QueryService::NewStub(session.channel);
  v1::QueryResponse response;
  RETURN_IF_ERROR(Explained(CallOnce(session,
                                     [&](grpc::ClientContext* context) {
                                       return stub->Query(context, request, &response);
                                     }),
                            options.expression));
  const bool empty = (response.has_vector() && response.vector().samples().empty()) ||
                     (response.has_matrix() && response.matrix().series().empty());
  TellNotes(session, response, empty);
  if (options.chart) {
    if (response.has_matrix()) {
      return WriteChart(session, CurvesOf(response.matrix()), display);
    }
    return absl::InvalidArgumentError("a chart is of a stretch of time: add --start, as in -1h");
  }
  Table table = response.has_matrix()
                    ? RangeTable(CurvesOf(response.matrix()), display.width, session.zone)
                    : InstantTable(response);
  return session.writer->Write(
      {.message = &response, .tables = {std::move(table)}, .records = Records(response)});
}

absl::Status QueryRange(const Session& session, const QueryArguments& options,
                        const QueryDisplay& display) {
  ASSIGN_OR_RETURN(const v1::QueryRangeRequest request, RangeRequest(session, options));
  const auto stub = v1::QueryService::NewStub(session.channel);
  v1::QueryRangeResponse response;
  RETURN_IF_ERROR(Explained(CallOnce(session,
                                     [&](grpc::ClientContext* context) {
                                       return stub->QueryRange(context, request, &response);
                                     }),
                            options.expression));
  const std::vector<Curve> curves = CurvesOf(response);
  TellNotes(session, response, curves.empty());
  if (options.chart) {
    const std::int64_t first = absl::ToUnixMillis(TimeOf(response.start_time()));
    const std::int64_t step = StepMillis(response);
    const std::int64_t steps = std::max<std::int64_t>(response.step_count() - 1, 0);
    return WriteChart(session, curves,
                      {.first_ms = first, .last_ms = first + step * steps, .longest_join_ms = step},
                      display);
  }
  return session.writer->Write({.message = &response,
                                .tables = {RangeTable(curves, display.width, session.zone)},
                                .records = Records(curves)});
}

}  // namespace

absl::Status RunQuery(const Session& session, const QueryArguments& options,
                      const QueryDisplay& display) {
  if (options.watch) return WatchQuery(session, options);
  if (options.count > 0) {
    return absl::InvalidArgumentError("--count is of what goes on: give it with --watch");
  }
  return options.start.empty() ? QueryInstant(session, options, display)
                               : QueryRange(session, options, display);
}

}  // namespace syspulse
