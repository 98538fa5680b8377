// Numbers as they stand in a query.
#ifndef SERVICES_PROMQL_NUMBER_H_
#define SERVICES_PROMQL_NUMBER_H_

#include <optional>
#include <string>
#include <string_view>

namespace syspulse::promql {

// Returns the number that `text` is, without a sign: decimal with or without fraction and exponent,
// hexadecimal after 0x, octal after 0, Inf or NaN in any case. Nothing if it is none of these or
// beyond what a double can hold.
std::optional<double> ParseNumberLiteral(std::string_view text);

// Returns the shortest text that reads back as the same number: 1.5e+06, 0.25, +Inf, NaN.
std::string FormatNumber(double number);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_NUMBER_H_
