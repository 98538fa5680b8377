#include "services/api/host_filter.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/promql/parser.h"

namespace syspulse {
namespace {

constexpr std::size_t kLongestFilter = 4096;  // some dozens of labels
constexpr std::size_t kShown = 200;           // bytes of a filter in a sentence

std::string_view StateOf(const Host& host) {
  switch (host.state) {
    case HostState::kOnline:
      return "online";
    case HostState::kStale:
      return "stale";
    case HostState::kOffline:
      return "offline";
  }
  return "offline";
}

std::string_view ValueOf(const Host& host, const std::string& name) {
  const auto label = host.labels.find(name);
  if (label != host.labels.end()) return label->second;
  if (name == "state") return StateOf(host);
  if (name == "hostname") return host.hostname;
  if (name == "host") return host.id;
  return {};
}

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.';
}

// Returns where the next comma stands that is in no string; the size of the text if there is none.
std::size_t FindComma(std::string_view text, std::size_t from) {
  char quote = 0;
  for (std::size_t i = from; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == '\\' && quote != '`') ++i;
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'' || c == '`') {
      quote = c;
    } else if (c == ',') {
      return i;
    }
  }
  return text.size();
}

// Returns whether what begins with a matcher's operator is written of a quantity. A label may have
// the name of one that has no dot, and a value in quotes.
bool MatchesANumber(std::string_view name, std::string_view rest) {
  if (HostQuantityOf(name) == nullptr) return false;
  if (!rest.starts_with('=') && !rest.starts_with('!')) return false;
  const std::string_view value =
      Trim(rest.substr(std::min(rest.find_first_not_of("=!~"), rest.size())));
  const bool quoted = !value.empty() && std::string_view("\"'`").find(value.front()) != value.npos;
  return name.find('.') != name.npos || !quoted;
}

// Returns a number, or a percentage of one.
std::optional<double> ParseLimit(std::string_view text) {
  double unit = 1;
  if (text.ends_with('%')) {
    text = Trim(text.substr(0, text.size() - 1));
    unit = 100;
  }
  const std::optional<double> number = ParseNumber<double>(text);
  return number && std::isfinite(*number) ? std::optional(*number / unit) : std::nullopt;
}

// Returns what is wrong with matchers of so many lines that stand behind the line of the brace.
std::string WithoutBraces(std::string_view message, std::ptrdiff_t lines) {
  std::string_view rest = message;
  const auto line = ParseNumber<int>(TakeUntil(&rest, ':'));
  if (!line) return std::string(message);
  if (*line - 1 <= lines) return absl::StrFormat("%d:%s", *line - 1, rest);
  // The brace is what is not expected, which the user did not write.
  constexpr std::string_view kExpected = ", expected ";
  const std::size_t expected = rest.rfind(kExpected);
  if (expected == rest.npos) return "there is a } too many";
  return absl::StrFormat("it ends where %s is expected", rest.substr(expected + kExpected.size()));
}

absl::Status Refusal(std::string_view text, std::string_view reason) {
  return absl::InvalidArgumentError(absl::StrFormat(
      "filter '%s': %s; it is such as env=\"prod\",role=~\"db|cache\",cpu.utilization>0.8",
      text.substr(0, kShown), reason));
}

}  // namespace

bool HostFilter::Comparison::Holds(std::optional<double> value) const {
  if (!value) return false;
  switch (comparator) {
    case Comparator::kMore:
      return *value > limit;
    case Comparator::kAtLeast:
      return *value >= limit;
    case Comparator::kLess:
      return *value < limit;
    case Comparator::kAtMost:
      return *value <= limit;
    case Comparator::kEqual:
      return *value == limit;
  }
  return false;
}

absl::StatusOr<HostFilter> HostFilter::Parse(const std::string& text) {
  HostFilter filter;
  if (text.empty()) return filter;
  if (text.size() > kLongestFilter) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "the filter has %d bytes; it may have %d at most", text.size(), kLongestFilter));
  }
  filter.text_ = text;
  std::string matchers = text;
  const bool in_braces = text.size() > 1 && text.front() == '{' && text.back() == '}';
  if (in_braces) matchers.front() = matchers.back() = ' ';
  RETURN_IF_ERROR(filter.TakeComparisons(&matchers));
  // Columns of what is wrong are those of the text, for the brace has a line of its own.
  auto parsed = promql::ParseSelector("{\n" + matchers + "\n}");
  if (!parsed.ok()) {
    const absl::Status& status = parsed.status();
    return Refusal(text, WithoutBraces({status.message().data(), status.message().size()},
                                       1 + std::ranges::count(text, '\n')));
  }
  filter.matchers_ = *std::move(parsed);
  return filter;
}

// Takes the comparisons out of the text, and puts blanks where they stood.
absl::Status HostFilter::TakeComparisons(std::string* text) {
  for (std::size_t begin = 0; begin < text->size();) {
    const std::size_t end = FindComma(*text, begin);
    const std::string_view term = std::string_view(*text).substr(begin, end - begin);
    const std::size_t start = std::min(term.find_first_not_of(" \t\r\n"), term.size());
    std::string_view rest = term.substr(start);
    const auto name_end = std::ranges::find_if_not(rest, IsNameCharacter);
    const std::string_view name = rest.substr(0, static_cast<std::size_t>(name_end - rest.begin()));
    rest = Trim(rest.substr(name.size()));
    if (!name.empty() &&
        (rest.starts_with('<') || rest.starts_with('>') || rest.starts_with("=="))) {
      ASSIGN_OR_RETURN(const Comparison comparison, ParseComparison(name, rest, begin + start));
      comparisons_.push_back(comparison);
      std::fill_n(text->begin() + static_cast<std::ptrdiff_t>(begin),
                  std::min(end + 1, text->size()) - begin, ' ');
    } else if (MatchesANumber(name, rest)) {
      return Refusal(text_, absl::StrFormat("byte %d: %s is a number; numbers are compared by ==, "
                                            "<, <=, > and >=",
                                            begin + start + 1, name));
    }
    begin = end + 1;
  }
  return absl::OkStatus();
}

// `rest` begins with a comparator; `offset` is where the comparison stands in the text.
absl::StatusOr<HostFilter::Comparison> HostFilter::ParseComparison(std::string_view name,
                                                                   std::string_view rest,
                                                                   std::size_t offset) const {
  const HostQuantity quantity = HostQuantityOf(name);
  if (quantity == nullptr) {
    return Refusal(text_, absl::StrFormat("byte %d: '%s' cannot be compared; there are %s",
                                          offset + 1, name, HostQuantityNames()));
  }
  const bool has_equals = rest.size() > 1 && rest[1] == '=';
  const Comparator comparator = rest[0] == '=' ? Comparator::kEqual
                                : rest[0] == '>'
                                    ? has_equals ? Comparator::kAtLeast : Comparator::kMore
                                : has_equals ? Comparator::kAtMost
                                             : Comparator::kLess;
  const std::string_view number = Trim(rest.substr(has_equals ? 2 : 1));
  const std::optional<double> limit = ParseLimit(number);
  if (!limit) {
    return Refusal(text_, absl::StrFormat("byte %d: '%s' is compared with '%s', which is no number "
                                          "such as 0.8 or 80%%",
                                          offset + 1, name, number));
  }
  return Comparison{.quantity = quantity, .comparator = comparator, .limit = *limit};
}

bool HostFilter::MeansLabels(const Host& host) const {
  return std::ranges::all_of(matchers_, [&](const promql::Matcher& matcher) {
    return matcher.Matches(ValueOf(host, matcher.name()));
  });
}

bool HostFilter::MeansSummary(const HostSummary& summary) const {
  return std::ranges::all_of(comparisons_, [&](const Comparison& comparison) {
    return comparison.Holds(summary.*comparison.quantity);
  });
}

}  // namespace syspulse
