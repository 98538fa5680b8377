// Errors that say where in a query they are.
#ifndef SERVICES_PROMQL_PARSE_ERROR_H_
#define SERVICES_PROMQL_PARSE_ERROR_H_

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"

namespace syspulse::promql {

// Returns InvalidArgument with `line:column: parse error: message`. Lines and columns begin at 1;
// `offset` and columns count bytes.
absl::Status ParseErrorAt(std::string_view query, std::size_t offset, std::string_view message);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_PARSE_ERROR_H_
