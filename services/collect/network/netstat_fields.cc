#include "services/collect/network/netstat_fields.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

// Counters fill 64 bits; a few fields are signed.
std::optional<double> ParseValue(std::string_view text) {
  if (const auto number = ParseNumber<std::uint64_t>(text)) return static_cast<double>(*number);
  if (const auto number = ParseNumber<std::int64_t>(text)) return static_cast<double>(*number);
  return std::nullopt;
}

bool IsName(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// What stands before the values, and the values.
struct Parts {
  std::string_view names;
  std::string_view values;
};

// Takes a pair of lines off the text. Nothing if they are not of the same protocol.
std::optional<Parts> TakePair(std::string_view* text) {
  const std::string_view names = TakeUntil(text, '\n');
  std::string_view values = TakeUntil(text, '\n');
  const std::string_view protocol = names.substr(0, names.find(':'));
  if (protocol.size() == names.size() || !values.starts_with(protocol)) return std::nullopt;
  values.remove_prefix(protocol.size());
  if (!values.starts_with(':')) return std::nullopt;
  values.remove_prefix(1);
  return Parts{.names = names, .values = values};
}

// Takes a line off the text. Nothing if it does not have two parts.
std::optional<Parts> TakeSingle(std::string_view* text) {
  const std::string_view line = TakeUntil(text, '\n');
  const std::size_t blank = line.find_last_of(" \t");
  if (blank == line.npos) return std::nullopt;
  return Parts{.names = line.substr(0, blank), .values = line.substr(blank + 1)};
}

}  // namespace

absl::Status NetstatFields::LearnPair(std::string_view names, Line* line) const {
  *line = Line();
  std::string_view rest = names;
  const std::string_view protocol = TakeUntil(&rest, ':');
  if (!IsName(protocol)) return BadLine(file_, names);
  for (std::string_view name = TakeField(&rest); !name.empty(); name = TakeField(&rest)) {
    if (!IsName(name)) return BadLine(file_, names);
    line->families.push_back(choose_(protocol, name));
  }
  line->names = names;
  return absl::OkStatus();
}

absl::Status NetstatFields::LearnSingle(std::string_view name, Line* line) const {
  *line = Line();
  const std::string_view whole = Trim(name);
  if (!IsName(whole)) return BadLine(file_, name);
  const std::size_t six = whole.find('6');
  const bool has_protocol = six != whole.npos && six + 1 < whole.size();
  line->families.push_back(has_protocol ? choose_(whole.substr(0, six + 1), whole.substr(six + 1))
                                        : nullptr);
  line->names = name;
  return absl::OkStatus();
}

absl::Status NetstatFields::TakeValues(const Line& line, std::string_view values,
                                       std::vector<NetstatValue>* taken) const {
  std::string_view rest = values;
  for (const Family* const family : line.families) {
    const std::string_view field = TakeField(&rest);
    if (field.empty()) return BadLine(file_, values);
    if (family == nullptr) continue;
    const std::optional<double> value = ParseValue(field);
    if (!value) return BadLine(file_, values);
    taken->push_back({.family = family, .value = *value});
  }
  return TakeField(&rest).empty() ? absl::OkStatus() : BadLine(file_, values);
}

absl::StatusOr<std::vector<NetstatValue>> NetstatFields::Parse(std::string_view text) {
  RETURN_IF_ERROR(CheckWholeLines(text, file_));
  std::vector<NetstatValue> taken;
  for (std::size_t i = 0; !text.empty(); ++i) {
    const std::string_view whole = text.substr(0, text.find('\n'));
    const std::optional<Parts> parts =
        shape_ == Shape::kPairs ? TakePair(&text) : TakeSingle(&text);
    if (!parts) return BadLine(file_, whole);
    if (i == lines_.size()) lines_.emplace_back();
    Line& line = lines_[i];
    if (line.names != parts->names || line.names.empty()) {
      RETURN_IF_ERROR(shape_ == Shape::kPairs ? LearnPair(parts->names, &line)
                                              : LearnSingle(parts->names, &line));
    }
    RETURN_IF_ERROR(TakeValues(line, parts->values, &taken));
  }
  return taken;
}

}  // namespace syspulse
