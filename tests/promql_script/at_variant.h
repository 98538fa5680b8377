// The same query, asked at another time.
#ifndef TESTS_PROMQL_SCRIPT_AT_VARIANT_H_
#define TESTS_PROMQL_SCRIPT_AT_VARIANT_H_

#include <cstdint>
#include <optional>

#include "services/promql/ast.h"

namespace syspulse::promql {

// Returns the query with `@ at_ms` behind each selector and subquery that has none and is not
// within a subquery that has one: it answers at any time what `expr` answers at that time. Nothing
// if it has a function whose answer depends on the time that it is asked.
std::optional<ExprPtr> WithAt(const Expr& expr, std::int64_t at_ms);

}  // namespace syspulse::promql

#endif  // TESTS_PROMQL_SCRIPT_AT_VARIANT_H_
