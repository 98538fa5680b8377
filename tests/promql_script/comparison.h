// Whether an answer is what a script expects.
#ifndef TESTS_PROMQL_SCRIPT_COMPARISON_H_
#define TESTS_PROMQL_SCRIPT_COMPARISON_H_

#include <string>

#include "services/promql/values.h"
#include "tests/promql_script/script.h"

namespace syspulse::promql {

// Returns what is wrong with `value`, as "got …, wanted …"; empty if nothing is. Numbers may differ
// by a millionth.
std::string Compare(const Eval& eval, const Value& value);

// Returns what is wrong with the warnings and infos; empty if nothing is.
std::string CompareAnnotations(const Eval& eval, const Answer& answer);

// Returns whether the two are equal, or as good as equal. NaNs are, stale markers only to each
// other.
bool AlmostEqual(double a, double b);

// Returns the value in one line.
std::string Describe(const Value& value);

}  // namespace syspulse::promql

#endif  // TESTS_PROMQL_SCRIPT_COMPARISON_H_
