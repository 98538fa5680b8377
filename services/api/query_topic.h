// What it takes to watch a PromQL expression, checked.
#ifndef SERVICES_API_QUERY_TOPIC_H_
#define SERVICES_API_QUERY_TOPIC_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/promql/ast.h"
#include "syspulse/v1/live_service.pb.h"
#include "syspulse/v1/query_service.pb.h"

namespace syspulse {

// Values of an expression as time goes on.
struct QueryTopic {
  std::string query;  // as the printer writes it: the same for the same expression
  std::shared_ptr<const promql::Expr> expr;
  absl::Duration step;     // whole milliseconds, above zero
  absl::Duration history;  // how much of the past comes first, whole milliseconds
};

// Return InvalidArgument, with a sentence, for what the protos do not allow.
absl::StatusOr<QueryTopic> ParseTopic(const v1::WatchQueryRequest& request);
absl::StatusOr<QueryTopic> ParseTopic(const v1::QueryTopic& request);

}  // namespace syspulse

#endif  // SERVICES_API_QUERY_TOPIC_H_
