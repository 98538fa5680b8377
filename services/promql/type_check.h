// Whether what functions and operators are given is what they take.
#ifndef SERVICES_PROMQL_TYPE_CHECK_H_
#define SERVICES_PROMQL_TYPE_CHECK_H_

#include <string_view>

#include "absl/status/status.h"
#include "services/promql/ast.h"

namespace syspulse::promql {

// Returns InvalidArgument, in Prometheus' words, for the first thing in `expr` that cannot be
// evaluated. `query` is the text that `expr` was made of.
absl::Status CheckTypes(std::string_view query, const Expr& expr);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_TYPE_CHECK_H_
