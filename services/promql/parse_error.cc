#include "services/promql/parse_error.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace syspulse::promql {

absl::Status ParseErrorAt(std::string_view query, std::size_t offset, std::string_view message) {
  const std::string_view before = query.substr(0, std::min(offset, query.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t line_break = before.rfind('\n');
  const std::size_t column =
      line_break == before.npos ? before.size() + 1 : before.size() - line_break;
  return absl::InvalidArgumentError(
      absl::StrFormat("%d:%d: parse error: %s", line, column, message));
}

}  // namespace syspulse::promql
