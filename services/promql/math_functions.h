// Functions and operators on single values, with Go's idea of the special cases, as Prometheus has.
#ifndef SERVICES_PROMQL_MATH_FUNCTIONS_H_
#define SERVICES_PROMQL_MATH_FUNCTIONS_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/promql/ast.h"

namespace syspulse::promql {

// Changes each value of a column that is not absent.
using MathFunction = void (*)(std::span<double> values);

// Returns the function of one value of this name (abs, sqrt, day_of_week, …), or null.
MathFunction FindMathFunction(std::string_view name);

// clamp(), clamp_min(), clamp_max() and round(): `parameters` are the function's scalar arguments,
// a column each. A step at which the bounds of clamp() cross becomes absent.
using ParameterFunction = void (*)(std::span<double> values,
                                   std::span<const std::vector<double>> parameters);

// Returns the function of this name, or null.
ParameterFunction FindParameterFunction(std::string_view name);

// Returns `left op right` for an operator that computes; for one that compares 1 or 0.
double Compute(BinaryOp op, double left, double right);

// Returns whether `left op right` holds; `op` compares.
bool Compare(BinaryOp op, double left, double right);

// Returns the number as Go's %v prints it: shortest, with an exponent below 1e-4 and from 1e21.
std::string FormatFloat(double value);

// Returns the number in the fewest digits that mean it, without an exponent: what count_values()
// makes a label of.
std::string FormatFixed(double value);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_MATH_FUNCTIONS_H_
