// From a tree back to a query.
#ifndef SERVICES_PROMQL_PRINTER_H_
#define SERVICES_PROMQL_PRINTER_H_

#include <string>

#include "services/promql/ast.h"

namespace syspulse::promql {

// Returns the query as Prometheus writes it: one space around operators, modifiers in one order,
// matchers sorted. Parsing it gives the same tree but for positions.
std::string ToString(const Expr& expr);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_PRINTER_H_
