// The values of an expression as time goes on: a line for each.
#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "absl/strings/str_format.h"
#include "clients/cli/command/commands.h"
#include "clients/cli/command/fields.h"
#include "clients/cli/command/query_mistake.h"
#include "clients/cli/command/query_tables.h"
#include "clients/cli/command/query_time.h"
#include "clients/cli/command/stream.h"
#include "services/base/status_macros.h"
#include "services/model/proto.h"
#include "syspulse/v1/query_service.grpc.pb.h"

namespace syspulse {
namespace {

constexpr absl::Duration kDefaultStep = absl::Seconds(1);
constexpr std::int64_t kMostPastSteps = 11'000;  // see WatchQueryRequest

absl::StatusOr<v1::WatchQueryRequest> RequestFor(const Session& session,
                                                 const QueryArguments& options) {
  if (!options.time.empty() || !options.end.empty()) {
    return absl::InvalidArgumentError("--watch goes on from now: it takes no --time and no --end");
  }
  if (options.chart) {
    return absl::InvalidArgumentError("-o chart draws once: give it without --watch");
  }
  v1::WatchQueryRequest request;
  request.set_query(options.expression);
  ToProto(options.step.value_or(kDefaultStep), request.mutable_step());
  if (options.start.empty()) return request;
  const absl::Time now = session.clock->Now();
  ASSIGN_OR_RETURN(const absl::Time start, ParseMoment(options.start, now, session.zone));
  if (start > now) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the start '%s' has not come yet", options.start));
  }
  ToProto(now - start, request.mutable_history_duration());
  return request;
}

// What one run of the command has shown. Confined to its thread.
class Follower {
 public:
  Follower(const Session& session, std::int64_t count) : session_(session), left_(count) {}

  // Makes the request ask for what was missed since, and no more of the past.
  void Continue(v1::WatchQueryRequest* request) const {
    if (!last_ms_) return;
    const absl::Duration step =
        absl::Seconds(request->step().seconds()) + absl::Nanoseconds(request->step().nanos());
    const absl::Duration missed = session_.clock->Now() - absl::FromUnixMillis(*last_ms_);
    ToProto(std::clamp(missed, absl::ZeroDuration(), kMostPastSteps * step),
            request->mutable_history_duration());
  }

  // Writes what is new. Returns whether to go on.
  absl::StatusOr<bool> Show(const v1::WatchQueryResponse& response) {
    const v1::QueryUpdate& update = response.update();
    Tell(response);
    const std::int64_t newest = absl::ToUnixMillis(TimeOf(update.start_time())) +
                                (update.step_count() - 1) * StepMillis(update);
    std::vector<Curve> curves = CurvesOf(update);
    if (last_ms_ && update.step_count() > 1) {
      if (newest <= *last_ms_) return true;
      DropShown(&curves);
    }
    last_ms_ = newest;
    RETURN_IF_ERROR(session_.writer->Write({.message = &response,
                                            .tables = {LineTable(curves, session_.zone)},
                                            .records = LineRecords(curves)}));
    return left_ == 0 || --left_ > 0;
  }

 private:
  // Says each thing once: it is the same each step.
  void Tell(const v1::WatchQueryResponse& response) {
    const v1::QueryUpdate& update = response.update();
    for (const std::string& warning : update.warnings()) TellOnce("warning: " + warning);
    for (const std::string& info : update.infos()) TellOnce("note: " + info);
    if (update.series().empty()) TellOnce("no series has a value yet: waiting for one");
    if (response.dropped_count() > 0) {
      TellOnce("note: values are skipped: to evaluate or to read them takes longer than a step");
    }
  }
  void TellOnce(const std::string& sentence) {
    if (told_.insert(sentence).second) session_.tell_user(sentence);
  }

  // Of the past after a lost connection.
  void DropShown(std::vector<Curve>* curves) const {
    for (Curve& curve : *curves) {
      std::erase_if(curve.points, [&](const Point& point) { return point.time_ms <= *last_ms_; });
    }
  }

  const Session& session_;
  std::int64_t left_;                    // updates to show; 0 = without end
  std::optional<std::int64_t> last_ms_;  // the newest moment that was shown
  std::set<std::string> told_;
};

}  // namespace

absl::Status WatchQuery(const Session& session, const QueryArguments& options) {
  ASSIGN_OR_RETURN(v1::WatchQueryRequest request, RequestFor(session, options));
  const auto stub = v1::QueryService::NewStub(session.channel);
  Follower follower(session, options.count);
  return WithPlace(ReadStream<v1::WatchQueryResponse>(
                       session, {.open =
                                     [&](grpc::ClientContext* context, auto* reactor) {
                                       follower.Continue(&request);
                                       stub->async()->WatchQuery(context, &request, reactor);
                                     },
                                 .on_message =
                                     [&](const v1::WatchQueryResponse& response) {
                                       return follower.Show(response);
                                     }}),
                   options.expression);
}

}  // namespace syspulse
