// Strings as they stand in a query.
#ifndef SERVICES_PROMQL_QUOTE_H_
#define SERVICES_PROMQL_QUOTE_H_

#include <string>
#include <string_view>

namespace syspulse::promql {

// Returns `text` in double quotes, with escapes for what cannot stand there as it is: quotes,
// backslashes, control characters, and bytes that are no UTF-8.
std::string Quote(std::string_view text);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_QUOTE_H_
