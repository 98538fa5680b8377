// What can be told about an expression without evaluating it.
#ifndef SERVICES_PROMQL_EXPR_TRAITS_H_
#define SERVICES_PROMQL_EXPR_TRAITS_H_

#include "services/promql/ast.h"

namespace syspulse::promql {

// Returns whether an expression has the same value at all steps of a query, so that evaluating it
// once is enough: all its selectors have an `@`, and no function in it asks for the time.
bool IsTheSameAtAllSteps(const Expr& expr);

// Returns whether no two rows of a vector can differ by nothing but their metric's name, so that
// the name may be dropped without a look at the others.
bool DiffersWithoutName(const Expr& expr);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_EXPR_TRAITS_H_
