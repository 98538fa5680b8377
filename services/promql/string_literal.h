// Strings with their quotes: "a\n", 'b', `c`.
#ifndef SERVICES_PROMQL_STRING_LITERAL_H_
#define SERVICES_PROMQL_STRING_LITERAL_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace syspulse::promql {

struct ScannedString {
  std::string value;     // without quotes and escapes; \x may have put in what is no UTF-8
  std::size_t size = 0;  // bytes with both quotes
};

// Returns the string at the beginning of `text`, which begins with one of the three quotes. Between
// backquotes there are no escapes. InvalidArgument if it does not end, an escape is none, or it is
// not UTF-8.
absl::StatusOr<ScannedString> ScanString(std::string_view text);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_STRING_LITERAL_H_
