#include "clients/cli/command/query_mistake.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/str_format.h"
#include "clients/cli/output/safe_text.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

struct Place {
  std::size_t line = 0;    // from 1
  std::size_t column = 0;  // bytes, from 1
};

std::optional<Place> PlaceIn(std::string_view message) {
  if (std::ranges::count(message, ':') < 2) return std::nullopt;
  const auto line = ParseNumber<std::size_t>(TakeUntil(&message, ':'));
  const auto column = ParseNumber<std::size_t>(TakeUntil(&message, ':'));
  if (!line || !column || *line == 0 || *column == 0) return std::nullopt;
  return Place{.line = *line, .column = *column};
}

}  // namespace

absl::Status WithPlace(const absl::Status& status, std::string_view expression) {
  if (status.code() != absl::StatusCode::kInvalidArgument) return status;
  const std::string message(status.message());
  const std::optional<Place> place = PlaceIn(message);
  const auto lines = Split(expression, '\n');
  if (!place || place->line > lines.size()) return status;
  const std::string_view line = lines[place->line - 1];
  // What stands before the place is shown escaped, and so takes more columns than bytes or fewer.
  const std::string before = SafeText(line.substr(0, std::min(place->column - 1, line.size())));
  return absl::FailedPreconditionError(
      absl::StrFormat("%s\n%s\n%s^", SafeText(message), SafeText(line),
                      std::string(static_cast<std::size_t>(DisplayWidth(before)), ' ')));
}

}  // namespace syspulse
