#include "services/api/query_topic.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/model/proto.h"
#include "services/promql/parser.h"
#include "services/promql/printer.h"

namespace syspulse {
namespace {

// A thousand of them stay in memory: so many bytes of text, and instructions of regular
// expressions.
constexpr std::size_t kLongestQuery = 16 << 10;
constexpr int kMostRegexSize = 20'000;
constexpr absl::Duration kDefaultStep = absl::Seconds(1);
constexpr absl::Duration kShortestStep = absl::Milliseconds(100);  // what agents can measure
constexpr absl::Duration kLongestStep = absl::Hours(1);
constexpr std::int64_t kMostPastSteps = 11'000;  // as of QueryRange

absl::StatusOr<absl::Duration> Millis(const google::protobuf::Duration& in,
                                      std::string_view field) {
  const absl::StatusOr<absl::Duration> duration = FromProto(in);
  if (!duration.ok()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s: %s", field, std::string(duration.status().message())));
  }
  return absl::Trunc(*duration, absl::Milliseconds(1));
}

absl::StatusOr<std::shared_ptr<const promql::Expr>> Parse(const std::string& query) {
  if (query.size() > kLongestQuery) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "the query has %d bytes; one that is watched has %d at most", query.size(), kLongestQuery));
  }
  ASSIGN_OR_RETURN(promql::ExprPtr expr, promql::ParseExpr(query, kMostRegexSize));
  const promql::ValueType type = promql::TypeOf(*expr);
  if (type != promql::ValueType::kScalar && type != promql::ValueType::kVector) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "invalid expression type \"%s\" to be watched, must be Scalar or instant Vector",
        type == promql::ValueType::kMatrix ? "range vector" : "string"));
  }
  return std::shared_ptr<const promql::Expr>(std::move(expr));
}

template <typename Request>
absl::StatusOr<QueryTopic> Make(const Request& request) {
  QueryTopic topic{.step = kDefaultStep};
  ASSIGN_OR_RETURN(topic.expr, Parse(request.query()));
  topic.query = promql::ToString(*topic.expr);
  if (request.has_step()) {
    ASSIGN_OR_RETURN(topic.step, Millis(request.step(), "step"));
  }
  if (topic.step < kShortestStep || topic.step > kLongestStep) {
    return absl::InvalidArgumentError(
        absl::StrFormat("step is %s; it is from %s to %s", absl::FormatDuration(topic.step),
                        absl::FormatDuration(kShortestStep), absl::FormatDuration(kLongestStep)));
  }
  ASSIGN_OR_RETURN(topic.history, Millis(request.history_duration(), "history_duration"));
  if (topic.history < absl::ZeroDuration() || topic.history > kMostPastSteps * topic.step) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "history_duration is %s; it is from 0 to %d steps of %s",
        absl::FormatDuration(topic.history), kMostPastSteps, absl::FormatDuration(topic.step)));
  }
  return topic;
}

}  // namespace

absl::StatusOr<QueryTopic> ParseTopic(const v1::WatchQueryRequest& request) {
  return Make(request);
}

absl::StatusOr<QueryTopic> ParseTopic(const v1::QueryTopic& request) { return Make(request); }

}  // namespace syspulse
