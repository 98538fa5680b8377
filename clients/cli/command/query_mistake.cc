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

// How much of a long line is shown before and behind the place, in columns of a terminal.
constexpr int kColumnsBefore = 40;
constexpr int kColumnsBehind = 36;
constexpr std::string_view kCut = "...";

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

// Returns the end of `text` that takes so many columns.
std::string_view EndOf(std::string_view text, int columns) {
  for (int width = DisplayWidth(text); width > columns;) {
    width -= CodePointWidth(TakeCodePoint(&text));
  }
  return text;
}

// Returns the begin of `text` that takes so many columns.
std::string_view BeginOf(std::string_view text, int columns) {
  std::string_view rest = text;
  for (int width = 0; !rest.empty();) {
    const std::size_t end = text.size() - rest.size();
    width += CodePointWidth(TakeCodePoint(&rest));
    if (width > columns) return text.substr(0, end);
  }
  return text;
}

// Returns a line with a caret under its byte `column`, from 0; of a long one what stands there.
std::string Pointed(std::string_view line, std::size_t column) {
  // What stands before the place is shown escaped, and so takes more columns than bytes or fewer.
  const std::string before = SafeText(line.substr(0, std::min(column, line.size())));
  const std::string behind = SafeText(line.substr(std::min(column, line.size())));
  const std::string_view left = EndOf(before, kColumnsBefore);
  const std::string_view right = BeginOf(behind, kColumnsBehind);
  std::string shown(left.size() < before.size() ? kCut : "");
  shown += left;
  const std::string blanks(static_cast<std::size_t>(DisplayWidth(shown)), ' ');
  shown += right;
  if (right.size() < behind.size()) shown += kCut;
  return shown + "\n" + blanks + "^";
}

}  // namespace

absl::Status WithPlace(const absl::Status& status, std::string_view expression) {
  if (status.code() != absl::StatusCode::kInvalidArgument) return status;
  const std::string message(status.message());
  const std::optional<Place> place = PlaceIn(message);
  const auto lines = Split(expression, '\n');
  if (!place || place->line > lines.size()) return status;
  return absl::FailedPreconditionError(absl::StrFormat(
      "%s\n%s", SafeText(message), Pointed(lines[place->line - 1], place->column - 1)));
}

}  // namespace syspulse
