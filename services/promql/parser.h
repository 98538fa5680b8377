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
// Instructions of all regular expressions of a query: some tens of megabytes.
inline constexpr int kMostRegexSize = 500'000;
inline constexpr int kMostSelectors = 1'000;  // of a request

// Returns the tree of a query. InvalidArgument if it is not PromQL, its types do not fit, it is
// longer than kMostQueryBytes, it nests deeper than kMostDepth, or its regular expressions have
// more instructions than `most_regex_size`.
absl::StatusOr<ExprPtr> ParseExpr(std::string_view query, int most_regex_size = kMostRegexSize);

// What the selectors of a request take together.
struct SelectorsSize {
  int selectors = 0;
  int regex_size = 0;
};

// Returns the matchers of `{name="value"}` with or without a name before it, as the `match[]` of
// Prometheus' HTTP API has them. InvalidArgument if it is anything else. Unlike in a query,
// matchers may be such that every series satisfies them.
absl::StatusOr<std::vector<Matcher>> ParseSelector(std::string_view query);

// As above, for one of several: adds to `*size`. InvalidArgument also if there are more than
// kMostSelectors, or their regular expressions have more than kMostRegexSize instructions together.
absl::StatusOr<std::vector<Matcher>> ParseSelector(std::string_view query, SelectorsSize* size);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_PARSER_H_
