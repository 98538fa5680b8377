#include "tests/promql_script/series_line.h"

#include <bit>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/promql/lexer.h"
#include "services/promql/number.h"
#include "services/promql/quote.h"
#include "services/promql/series_source.h"
#include "services/promql/token.h"

namespace syspulse::promql {
namespace {

constexpr std::size_t kMostSamples = 1'000'000;

absl::Status Malformed(std::string_view what, std::string_view text) {
  return absl::InvalidArgumentError(absl::StrFormat("%s: %s", what, Quote(text)));
}

// Takes `{a="b"}`, of which the first brace is already taken, and returns where it ends.
absl::StatusOr<std::size_t> TakeLabels(Lexer* lexer, LabelsBuilder* labels) {
  while (true) {
    ASSIGN_OR_RETURN(const Token name, lexer->Next());
    if (name.type == TokenType::kRightBrace) return name.position.end;
    if (name.type == TokenType::kComma) continue;
    if (name.type == TokenType::kString) return absl::UnimplementedError("quoted names");
    if (name.type != TokenType::kIdentifier) return Malformed("not the name of a label", name.text);
    ASSIGN_OR_RETURN(const Token sign, lexer->Next());
    ASSIGN_OR_RETURN(Token value, lexer->Next());
    if (sign.type != TokenType::kAssign || value.type != TokenType::kString) {
      return Malformed("no value for label", name.text);
    }
    labels->Set(name.text, value.value);
  }
}

// Returns the labels at the beginning of `line` and where they end.
absl::StatusOr<std::pair<Labels, std::size_t>> TakeMetric(std::string_view line) {
  Lexer lexer(line);
  LabelsBuilder labels;
  std::size_t end = 0;
  if (line.front() != '{') {
    ASSIGN_OR_RETURN(const Token name, lexer.Next());
    if (!IsMetricName(name.type)) return Malformed("not the name of a metric", name.text);
    labels.Set(kMetricName, name.text);
    end = name.position.end;
  }
  if (end < line.size() && line[end] == '{' && !line.substr(end).starts_with("{{")) {
    RETURN_IF_ERROR(lexer.Next().status());
    ASSIGN_OR_RETURN(end, TakeLabels(&lexer, &labels));
  }
  return std::pair(labels.Build(), end);
}

// Takes the number that `*text` begins with, up to what repeats or changes it.
std::optional<double> TakeNumber(std::string_view* text) {
  std::size_t end = text->starts_with('-') || text->starts_with('+') ? 1 : 0;
  for (; end < text->size(); ++end) {
    const char c = (*text)[end];
    const bool in_exponent = end > 0 && ((*text)[end - 1] == 'e' || (*text)[end - 1] == 'E');
    if (c == 'x' || ((c == '+' || c == '-') && !in_exponent)) break;
  }
  std::string_view number = text->substr(0, end);
  text->remove_prefix(end);
  if (number == "stale") return std::bit_cast<double>(kStaleBits);
  const bool negative = number.starts_with('-');
  if (negative || number.starts_with('+')) number.remove_prefix(1);
  const std::optional<double> value = ParseNumberLiteral(number);
  return negative && value.has_value() ? -*value : value;
}

// Appends what one item says: 5, _, 5x3, 5+1x3, 5-1x3, _x3, stale.
absl::Status AppendItem(std::string_view item, std::vector<std::optional<double>>* values) {
  std::string_view rest = item;
  const bool omitted = rest.starts_with('_');
  std::optional<double> value;
  if (omitted) {
    rest.remove_prefix(1);
  } else {
    value = TakeNumber(&rest);
    if (!value.has_value()) return Malformed("not a sample", item);
  }
  double change = 0;
  if (!omitted && !rest.empty() && rest.front() != 'x') {
    const std::optional<double> number = TakeNumber(&rest);
    if (!number.has_value()) return Malformed("not a change of a sample", item);
    change = *number;
    if (rest.empty()) return Malformed("a change without a count", item);
  }
  std::size_t count = 1;
  if (!rest.empty()) {
    const auto times = ParseNumber<std::size_t>(rest.substr(1));
    if (!times.has_value()) return Malformed("not a count of samples", item);
    if (*times > kMostSamples) return Malformed("too many samples", item);
    count = *times + (omitted ? 0 : 1);
  }
  if (values->size() + count > kMostSamples) return Malformed("too many samples", item);
  for (std::size_t i = 0; i < count; ++i) {
    values->push_back(value);
    if (change != 0) *value += change;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SeriesLine> ParseSeriesLine(std::string_view line) {
  const std::string_view text = Trim(line);
  if (text.empty()) return Malformed("not a series", line);
  ASSIGN_OR_RETURN(auto metric, TakeMetric(text));
  SeriesLine series{.labels = std::move(metric.first)};
  std::string_view rest = text.substr(metric.second);
  if (rest.find("{{") != rest.npos) {
    series.foreign = "native histogram";
    return series;
  }
  if (rest.starts_with("@st")) {
    series.foreign = "start timestamps";
    return series;
  }
  if (!rest.empty() && rest.front() != ' ' && rest.front() != '\t') {
    return Malformed("no blank behind the series", line);
  }
  while (true) {
    const std::string_view item = TakeField(&rest);
    if (item.empty()) return series;
    RETURN_IF_ERROR(AppendItem(item, &series.values));
  }
}

}  // namespace syspulse::promql
