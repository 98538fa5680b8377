#include "services/promql/parser.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/promql/parse_error.h"
#include "services/promql/syntax.h"
#include "services/promql/type_check.h"

namespace syspulse::promql {
namespace {

absl::Status CheckSize(std::string_view query) {
  if (query.size() <= kMostQueryBytes) return absl::OkStatus();
  return ParseErrorAt(
      query, 0,
      absl::StrFormat("query has %d bytes, at most %d are allowed", query.size(), kMostQueryBytes));
}

}  // namespace

absl::StatusOr<ExprPtr> ParseExpr(std::string_view query) {
  RETURN_IF_ERROR(CheckSize(query));
  ASSIGN_OR_RETURN(ExprPtr expr, Syntax(query).Expression());
  RETURN_IF_ERROR(CheckTypes(query, *expr));
  return expr;
}

absl::StatusOr<std::vector<Matcher>> ParseSelector(std::string_view query) {
  RETURN_IF_ERROR(CheckSize(query));
  ASSIGN_OR_RETURN(VectorSelector selector, Syntax(query).Selector());
  return std::move(selector.matchers);
}

}  // namespace syspulse::promql
