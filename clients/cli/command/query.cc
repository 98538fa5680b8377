// PromQL from the command line: the value of an expression now, then, or over time.
#include <utility>

#include "absl/strings/str_format.h"
#include "clients/cli/command/commands.h"
#include "clients/cli/command/query_mistake.h"
#include "clients/cli/command/query_tables.h"
#include "clients/cli/command/query_time.h"
#include "services/base/status_macros.h"
#include "services/model/proto.h"
#include "syspulse/v1/query_service.grpc.pb.h"

namespace syspulse {
namespace {

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
    ASSIGN_OR_RETURN(const absl::Time time, ParseMoment(options.time, session.clock->Now()));
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
  ASSIGN_OR_RETURN(const absl::Time start, ParseMoment(options.start, now));
  ASSIGN_OR_RETURN(const absl::Time end,
                   ParseMoment(options.end.empty() ? "now" : options.end, now));
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

absl::Status QueryInstant(const Session& session, const QueryArguments& options, int width) {
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
  Table table = response.has_matrix() ? RangeTable(CurvesOf(response.matrix()), width, session.zone)
                                      : InstantTable(response);
  return session.writer->Write(
      {.message = &response, .tables = {std::move(table)}, .records = Records(response)});
}

absl::Status QueryRange(const Session& session, const QueryArguments& options, int width) {
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
  return session.writer->Write({.message = &response,
                                .tables = {RangeTable(curves, width, session.zone)},
                                .records = Records(curves)});
}

}  // namespace

absl::Status RunQuery(const Session& session, const QueryArguments& options, int width) {
  return options.start.empty() ? QueryInstant(session, options, width)
                               : QueryRange(session, options, width);
}

}  // namespace syspulse
