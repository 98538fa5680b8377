// Strings and characters as they stand in a query, or in what is said about one.
#ifndef SERVICES_PROMQL_QUOTE_H_
#define SERVICES_PROMQL_QUOTE_H_

#include <string>
#include <string_view>

namespace syspulse::promql {

// Returns `text` in double quotes, with escapes for what cannot stand there as it is: quotes,
// backslashes, control characters, and bytes that are no UTF-8.
std::string Quote(std::string_view text);

// Returns the first character of `text` in single quotes, with the same escapes. At the end of the
// text it is the replacement character.
std::string QuoteCharacter(std::string_view text);

// Returns the first character of `text` with its code point: U+0078 'x'.
std::string DescribeCharacter(std::string_view text);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_QUOTE_H_
