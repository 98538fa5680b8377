#include "web-gateway/server/path_template.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "web-gateway/server/percent_encoding.h"

namespace syspulse {
namespace {

bool IsFieldPath(std::string_view text) {
  for (const std::string_view name : Split(text, '.')) {
    if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
    if (!std::all_of(name.begin(), name.end(), [](char c) {
          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '_';
        })) {
      return false;
    }
  }
  return true;
}

// Returns where the segment at the front of `text` ends: at the first slash outside of braces.
std::size_t EndOfSegment(std::string_view text) {
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{') inside = true;
    if (text[i] == '}') inside = false;
    if (text[i] == '/' && !inside) return i;
  }
  return text.size();
}

}  // namespace

absl::StatusOr<PathTemplate> PathTemplate::Parse(std::string_view text) {
  const auto error = [text](std::string_view what) {
    return absl::InvalidArgumentError(absl::StrFormat("path template '%s': %s", text, what));
  };
  if (!text.starts_with('/')) return error("does not begin with a slash");
  PathTemplate parsed;
  std::string_view segments = text.substr(1);
  const std::size_t colon = segments.rfind(':');
  const std::size_t brace = segments.rfind('}');
  if (colon != std::string_view::npos && (brace == std::string_view::npos || colon > brace)) {
    parsed.verb_ = std::string(segments.substr(colon + 1));
    segments = segments.substr(0, colon);
    if (parsed.verb_.empty() || parsed.verb_.find('/') != std::string::npos) {
      return error("has a verb that is empty or holds a slash");
    }
  }
  if (const absl::Status status = parsed.AddSegments(segments, false); !status.ok()) {
    return error(std::string(status.message()));
  }
  for (std::size_t i = 0; i + 1 < parsed.segments_.size(); ++i) {
    if (parsed.segments_[i].kind == Kind::kRest) return error("has ** before its end");
  }
  return parsed;
}

absl::Status PathTemplate::AddSegments(std::string_view text, bool inside_variable) {
  while (true) {
    const std::size_t end = EndOfSegment(text);
    const std::string_view segment = text.substr(0, end);
    if (segment.empty()) return absl::InvalidArgumentError("has an empty segment");
    if (segment == "*") {
      segments_.push_back({.kind = Kind::kOne});
    } else if (segment == "**") {
      segments_.push_back({.kind = Kind::kRest});
    } else if (segment.starts_with('{') && !inside_variable) {
      RETURN_IF_ERROR(AddVariable(segment));
    } else if (segment.find_first_of("{}*=:") != std::string_view::npos) {
      return absl::InvalidArgumentError(absl::StrFormat("has the segment '%s'", segment));
    } else {
      segments_.push_back({.kind = Kind::kLiteral, .literal = std::string(segment)});
    }
    if (end == text.size()) return absl::OkStatus();
    text.remove_prefix(end + 1);
  }
}

absl::Status PathTemplate::AddVariable(std::string_view text) {
  if (!text.ends_with('}')) {
    return absl::InvalidArgumentError("has a variable that does not fill its segment");
  }
  std::string_view pattern = text.substr(1, text.size() - 2);
  const bool has_pattern = pattern.find('=') != std::string_view::npos;
  const std::string_view field = TakeUntil(&pattern, '=');
  if (!IsFieldPath(field)) {
    return absl::InvalidArgumentError(absl::StrFormat("has '%s' for a field", field));
  }
  Variable variable{.field = std::string(field), .begin = segments_.size()};
  RETURN_IF_ERROR(AddSegments(has_pattern ? pattern : "*", true));
  variable.end = segments_.size();
  variables_.push_back(std::move(variable));
  return absl::OkStatus();
}

std::optional<PathTemplate::Variables> PathTemplate::Match(std::string_view path) const {
  if (!path.starts_with('/')) return std::nullopt;
  path.remove_prefix(1);
  if (!verb_.empty()) {
    if (!path.ends_with(verb_)) return std::nullopt;
    path.remove_suffix(verb_.size());
    if (!path.ends_with(':')) return std::nullopt;
    path.remove_suffix(1);
  }
  const std::vector<std::string_view> parts = Split(path, '/');
  const bool open_end = !segments_.empty() && segments_.back().kind == Kind::kRest;
  const std::size_t least = segments_.size() - (open_end ? 1 : 0);
  if (parts.size() < least || (!open_end && parts.size() != least)) return std::nullopt;
  std::vector<std::string> decoded;
  for (const std::string_view part : parts) {
    auto text = PercentDecode(part);
    if (!text || text->empty()) return std::nullopt;
    decoded.push_back(std::move(*text));
  }
  for (std::size_t i = 0; i < least; ++i) {
    const Segment& segment = segments_[i];
    if (segment.kind == Kind::kLiteral && segment.literal != decoded[i]) return std::nullopt;
  }
  Variables variables;
  for (const Variable& variable : variables_) {
    const bool to_the_end = open_end && variable.end == segments_.size();
    const std::size_t end = to_the_end ? decoded.size() : variable.end;
    std::string value;
    for (std::size_t i = variable.begin; i < end; ++i) {
      if (i > variable.begin) value += '/';
      value += decoded[i];
    }
    variables.emplace_back(variable.field, std::move(value));
  }
  return variables;
}

bool PathTemplate::MoreSpecificThan(const PathTemplate& other) const {
  const auto kinds = [](const PathTemplate& path) {
    std::vector<Kind> list;
    for (const Segment& segment : path.segments_) list.push_back(segment.kind);
    return list;
  };
  return std::pair(kinds(*this), verb_.empty()) < std::pair(kinds(other), other.verb_.empty());
}

std::vector<std::string> PathTemplate::Fields() const {
  std::vector<std::string> fields;
  for (const Variable& variable : variables_) fields.push_back(variable.field);
  return fields;
}

}  // namespace syspulse
