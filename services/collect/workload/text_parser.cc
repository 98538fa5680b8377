#include "services/collect/workload/text_parser.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

enum class Kind { kCounter, kGauge, kUntyped, kHistogram, kSummary };

struct KindName {
  std::string_view name;
  Kind kind;
};
constexpr std::array kKinds = {KindName{"counter", Kind::kCounter}, KindName{"gauge", Kind::kGauge},
                               KindName{"untyped", Kind::kUntyped},
                               KindName{"histogram", Kind::kHistogram},
                               KindName{"summary", Kind::kSummary}};

// Endings of the names that a histogram or summary has series of.
constexpr std::string_view kBucket = "_bucket";
constexpr std::array<std::string_view, 3> kSuffixes = {"_sum", "_count", kBucket};

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// Takes blanks off.
void SkipBlanks(std::string_view* rest) {
  rest->remove_prefix(std::min(rest->find_first_not_of(" \t"), rest->size()));
}

// Takes a name off; empty if there is none. Names of metrics may have colons.
std::string_view TakeName(std::string_view* rest, bool colons) {
  std::size_t size = 0;
  while (size < rest->size()) {
    const char c = (*rest)[size];
    if (!IsLetter(c) && !(colons && c == ':') && !(size > 0 && c >= '0' && c <= '9')) break;
    ++size;
  }
  const std::string_view name = rest->substr(0, size);
  rest->remove_prefix(size);
  return name;
}

// Returns the text with \\, \n and, in quotes, \" as what they stand for; nothing if there is
// another escape.
std::optional<std::string> Unescape(std::string_view text, bool quoted) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      plain += text[i];
      continue;
    }
    const char escaped = ++i < text.size() ? text[i] : '\0';
    if (escaped != '\\' && escaped != 'n' && !(quoted && escaped == '"')) return std::nullopt;
    plain += escaped == 'n' ? '\n' : escaped;
  }
  return plain;
}

// Returns the number as Go's ParseFloat reads it, except for hexadecimal ones, which the format
// does not have.
std::optional<double> ParseValue(std::string_view text) {
  const std::string lower = ToLower(text);
  if (lower == "nan") return std::numeric_limits<double>::quiet_NaN();
  std::string_view digits = lower;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  const double sign = negative ? -1 : 1;
  if (digits == "inf" || digits == "infinity") {
    return sign * std::numeric_limits<double>::infinity();
  }
  if (digits.empty() || (digits[0] != '.' && (digits[0] < '0' || digits[0] > '9'))) {
    return std::nullopt;
  }
  const auto number = ParseNumber<double>(digits);
  return number ? std::optional(sign * *number) : std::nullopt;
}

using Labels = std::vector<std::pair<std::string_view, std::string>>;

class Parser {
 public:
  absl::Status ParseLine(std::string_view line);
  std::vector<TextFamily> TakeFamilies();

 private:
  // What HELP and TYPE say of a name.
  struct Declaration {
    std::optional<Kind> kind;
    std::optional<std::string> help;
  };
  template <typename Value>
  using ByName = std::map<std::string, Value, std::less<>>;

  absl::Status ParseComment(std::string_view line);
  absl::StatusOr<Labels> ParseLabels(std::string_view* rest) const;
  absl::StatusOr<TextFamily*> FindFamily(std::string_view name);
  absl::Status AddSeries(Labels labels, double value, TextFamily* family);

  ByName<Declaration> declared_;
  ByName<std::size_t> position_of_;  // in families_
  std::vector<TextFamily> families_;
  std::size_t series_count_ = 0;
};

absl::Status Parser::ParseComment(std::string_view line) {
  const std::string_view keyword = TakeField(&line);
  if (keyword != "HELP" && keyword != "TYPE") return absl::OkStatus();
  SkipBlanks(&line);
  if (line.empty()) return absl::OkStatus();
  const std::string_view name = TakeName(&line, /*colons=*/true);
  if (name.empty() || (!line.empty() && line[0] != ' ' && line[0] != '\t')) {
    return absl::DataLossError(absl::StrFormat("%s of something that is not a name", keyword));
  }
  SkipBlanks(&line);
  if (line.empty()) return absl::OkStatus();
  Declaration& declaration = declared_[std::string(name)];
  if (keyword == "HELP") {
    if (declaration.help) return absl::DataLossError(absl::StrFormat("second HELP of %s", name));
    declaration.help = Unescape(line, /*quoted=*/false);
    if (declaration.help) return absl::OkStatus();
    return absl::DataLossError(absl::StrFormat("HELP of %s has an escape that is none", name));
  }
  if (declaration.kind) {
    return absl::DataLossError(absl::StrFormat("TYPE of %s is said twice, or too late", name));
  }
  const std::string type = ToLower(Trim(line));
  const auto found = std::ranges::find(kKinds, type, &KindName::name);
  if (found == kKinds.end()) {
    return absl::DataLossError(absl::StrFormat("unknown type '%s' of %s", ToUtf8(type), name));
  }
  declaration.kind = found->kind;
  return absl::OkStatus();
}

// Reads what is between the braces, and takes it and the second off.
absl::StatusOr<Labels> Parser::ParseLabels(std::string_view* rest) const {
  Labels labels;
  while (true) {
    SkipBlanks(rest);
    if (rest->starts_with('}')) break;
    const std::string_view name = TakeName(rest, /*colons=*/false);
    SkipBlanks(rest);
    if (name.empty() || name == "__name__" || !rest->starts_with('=')) {
      return absl::DataLossError("a label has no name that it may have");
    }
    rest->remove_prefix(1);
    SkipBlanks(rest);
    if (!rest->starts_with('"')) {
      return absl::DataLossError(absl::StrFormat("the value of label %s is not in quotes", name));
    }
    std::size_t end = 1;
    while (end < rest->size() && (*rest)[end] != '"') end += (*rest)[end] == '\\' ? 2 : 1;
    if (end >= rest->size()) {
      return absl::DataLossError(absl::StrFormat("the value of label %s does not end", name));
    }
    const std::string_view quoted = rest->substr(1, end - 1);
    std::optional<std::string> value = Unescape(quoted, /*quoted=*/true);
    if (!value || ToUtf8(quoted) != quoted) {
      return absl::DataLossError(
          absl::StrFormat("the value of label %s has an escape that is none, or no UTF-8", name));
    }
    if (std::ranges::find(labels, name, &Labels::value_type::first) != labels.end()) {
      return absl::DataLossError(absl::StrFormat("label %s stands twice", name));
    }
    labels.emplace_back(name, *std::move(value));
    rest->remove_prefix(end + 1);
    SkipBlanks(rest);
    if (rest->starts_with(',')) {
      rest->remove_prefix(1);
    } else if (!rest->starts_with('}')) {
      return absl::DataLossError(absl::StrFormat("no comma or brace behind label %s", name));
    }
  }
  rest->remove_prefix(1);
  return labels;
}

// Returns the family of a line that begins with `name`, which is `name` itself; its type and help
// may be those of the histogram or summary that it is part of.
absl::StatusOr<TextFamily*> Parser::FindFamily(std::string_view name) {
  if (const auto known = position_of_.find(name); known != position_of_.end()) {
    return &families_[known->second];
  }
  auto declared = declared_.find(name);
  MetricType type = MetricType::kUntyped;
  if (declared == declared_.end() || !declared->second.kind) {
    for (const std::string_view suffix : kSuffixes) {
      if (!name.ends_with(suffix)) continue;
      const auto base = declared_.find(name.substr(0, name.size() - suffix.size()));
      if (base == declared_.end() || !base->second.kind) continue;
      const Kind kind = *base->second.kind;
      if (kind != Kind::kHistogram && (kind != Kind::kSummary || suffix == kBucket)) continue;
      declared = base;
      type = MetricType::kCounter;
    }
  }
  const bool is_part = type == MetricType::kCounter;
  if (!is_part) {
    if (declared == declared_.end()) {
      declared = declared_.emplace(std::string(name), Declaration()).first;
    }
    if (!declared->second.kind) declared->second.kind = Kind::kUntyped;
    const Kind kind = *declared->second.kind;
    if (kind == Kind::kHistogram) {
      return absl::DataLossError(absl::StrFormat("histogram %s has a value of its own", name));
    }
    if (kind == Kind::kCounter) type = MetricType::kCounter;
    if (kind == Kind::kGauge || kind == Kind::kSummary) type = MetricType::kGauge;
  }
  position_of_.emplace(std::string(name), families_.size());
  families_.push_back(
      TextFamily{.name = std::string(name), .type = type, .help = declared->second.help});
  return &families_.back();
}

absl::Status Parser::AddSeries(Labels labels, double value, TextFamily* family) {
  if (++series_count_ > kMostTextSeries) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("there are more than %d series", kMostTextSeries));
  }
  TextSeries series{.value = value};
  for (auto& [name, text] : labels) {
    const auto known = std::ranges::find(family->label_names, name);
    const auto position = static_cast<std::size_t>(known - family->label_names.begin());
    if (known == family->label_names.end()) family->label_names.emplace_back(name);
    if (position >= series.label_values.size()) series.label_values.resize(position + 1);
    series.label_values[position] = std::move(text);
  }
  if (family->label_names.size() > kMostTextLabels) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("%s has more than %d labels", family->name, kMostTextLabels));
  }
  family->series.push_back(std::move(series));
  return absl::OkStatus();
}

absl::Status Parser::ParseLine(std::string_view line) {
  SkipBlanks(&line);
  if (line.empty()) return absl::OkStatus();
  if (line.starts_with('#')) return ParseComment(line.substr(1));
  const std::string_view name = TakeName(&line, /*colons=*/true);
  if (name.empty() || line.find_first_of(" \t{") != 0) {
    return absl::DataLossError("it does not begin with a name");
  }
  SkipBlanks(&line);
  Labels labels;
  if (line.starts_with('{')) {
    line.remove_prefix(1);
    ASSIGN_OR_RETURN(labels, ParseLabels(&line));
  }
  const std::string_view text = TakeField(&line);
  const std::optional<double> value = ParseValue(text);
  if (!value) {
    return absl::DataLossError(absl::StrFormat("'%s' is not a number", ToUtf8(text.substr(0, 40))));
  }
  const std::string_view timestamp = TakeField(&line);
  if (!timestamp.empty()) {
    if (!ParseNumber<std::int64_t>(timestamp) || !TakeField(&line).empty()) {
      return absl::DataLossError("there is more than a name and a value");
    }
    return absl::FailedPreconditionError("it has a timestamp; the agent sets the time");
  }
  ASSIGN_OR_RETURN(TextFamily* const family, FindFamily(name));
  return AddSeries(std::move(labels), *value, family);
}

std::vector<TextFamily> Parser::TakeFamilies() {
  for (TextFamily& family : families_) {
    // HELP may stand behind the first line that has a value.
    const auto declared = declared_.find(family.name);
    if (!family.help && declared != declared_.end()) family.help = declared->second.help;
    for (TextSeries& series : family.series) series.label_values.resize(family.label_names.size());
  }
  return std::move(families_);
}

}  // namespace

absl::StatusOr<std::vector<TextFamily>> ParseTextFormat(std::string_view text) {
  if (!text.empty() && !text.ends_with('\n')) {
    return absl::DataLossError("its last line does not end");
  }
  Parser parser;
  for (int number = 1; !text.empty(); ++number) {
    const absl::Status status = parser.ParseLine(TakeUntil(&text, '\n'));
    if (status.ok()) continue;
    return absl::Status(status.code(),
                        absl::StrFormat("line %d: %s", number, std::string(status.message())));
  }
  return parser.TakeFamilies();
}

}  // namespace syspulse
