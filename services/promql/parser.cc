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

absl::StatusOr<ExprPtr> ParseExpr(std::string_view query, int most_regex_size) {
  RETURN_IF_ERROR(CheckSize(query));
  int regex_room = most_regex_size;
  ASSIGN_OR_RETURN(ExprPtr expr, Syntax(query, &regex_room).Expression());
  RETURN_IF_ERROR(CheckTypes(query, *expr));
  return expr;
}

absl::StatusOr<std::vector<Matcher>> ParseSelector(std::string_view query) {
  SelectorsSize size;
  return ParseSelector(query, &size);
}

absl::StatusOr<std::vector<Matcher>> ParseSelector(std::string_view query, SelectorsSize* size) {
  RETURN_IF_ERROR(CheckSize(query));
  if (++size->selectors > kMostSelectors) {
    return absl::InvalidArgumentError(
        absl::StrFormat("there are more than %d selectors", kMostSelectors));
  }
  int regex_room = kMostRegexSize - size->regex_size;
  ASSIGN_OR_RETURN(VectorSelector selector, Syntax(query, &regex_room).Selector());
  size->regex_size = kMostRegexSize - regex_room;
  return std::move(selector.matchers);
}

}  // namespace syspulse::promql
