// PromQL's syntax: from text to a tree that is well typed.
//
// The language is that of Prometheus 2.42 without native histograms. What is wrong with a query is
// said in Prometheus' words, with line and column in front: `1:5: parse error: unexpected ")"`.
#ifndef SERVICES_PROMQL_PARSER_H_
#define SERVICES_PROMQL_PARSER_H_

#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/promql/ast.h"

namespace syspulse::promql {

inline constexpr std::size_t kMostQueryBytes = 256 * 1024;  // longer than any person's or tool's

// Returns the tree of a query. InvalidArgument if it is not PromQL, its types do not fit, it is
// longer than kMostQueryBytes, it nests deeper than kMostDepth, or its regular expressions would
// take tens of megabytes.
absl::StatusOr<ExprPtr> ParseExpr(std::string_view query);

// Returns the matchers of `{name="value"}` with or without a name before it, as the `match[]` of
// Prometheus' HTTP API has them. InvalidArgument if it is anything else. Unlike in a query,
// matchers may be such that every series satisfies them.
absl::StatusOr<std::vector<Matcher>> ParseSelector(std::string_view query);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_PARSER_H_
