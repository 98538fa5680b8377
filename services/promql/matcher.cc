#include "services/promql/matcher.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "services/promql/quote.h"

namespace syspulse::promql {
namespace {

constexpr std::size_t kMostRegexBytes = 64 * 1024;  // of text; people write some hundreds
constexpr std::int64_t kMostCompiledBytes = 4 * 1024 * 1024;

re2::StringPiece PieceOf(std::string_view text) { return {text.data(), text.size()}; }

// What is wrong with a regular expression, in the words that Prometheus has for it.
std::string_view Describe(re2::RE2::ErrorCode code) {
  switch (code) {
    case re2::RE2::ErrorBadEscape:
      return "invalid escape sequence";
    case re2::RE2::ErrorBadCharClass:
      return "invalid character class";
    case re2::RE2::ErrorBadCharRange:
      return "invalid character class range";
    case re2::RE2::ErrorMissingBracket:
      return "missing closing ]";
    case re2::RE2::ErrorMissingParen:
      return "missing closing )";
    case re2::RE2::ErrorUnexpectedParen:
      return "unexpected )";
    case re2::RE2::ErrorTrailingBackslash:
      return "trailing backslash at end of expression";
    case re2::RE2::ErrorRepeatArgument:
      return "missing argument to repetition operator";
    case re2::RE2::ErrorRepeatSize:
      return "invalid repeat count";
    case re2::RE2::ErrorRepeatOp:
      return "invalid nested repetition operator";
    case re2::RE2::ErrorBadPerlOp:
      return "invalid or unsupported Perl syntax";
    case re2::RE2::ErrorBadUTF8:
      return "invalid UTF-8";
    case re2::RE2::ErrorBadNamedCapture:
      return "invalid named capture";
    case re2::RE2::ErrorPatternTooLarge:
      return "expression too large";
    default:
      return "regular expression cannot be compiled";
  }
}

absl::Status BadRegex(const re2::RE2& regex) {
  return absl::InvalidArgumentError(absl::StrFormat(
      "error parsing regexp: %s: `%s`", Describe(regex.error_code()), regex.error_arg()));
}

// Returns whether there is a `\C`, which is any byte to RE2 and nothing to Go.
bool HasAnyByte(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] != '\\') continue;
    const char escaped = text[++i];
    if (escaped == 'C') return true;
    if (escaped == 'Q')
      i = std::min(text.find("\\E", i), text.size());  // what is quoted until there
  }
  return false;
}

absl::StatusOr<std::shared_ptr<const re2::RE2>> Compile(std::string_view text) {
  if (text.size() > kMostRegexBytes) {
    return absl::InvalidArgumentError(
        absl::StrFormat("error parsing regexp: expression too large: %d bytes, at most %d",
                        text.size(), kMostRegexBytes));
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(kMostCompiledBytes);
  if (HasAnyByte(text)) {
    return absl::InvalidArgumentError("error parsing regexp: invalid escape sequence: `\\C`");
  }
  auto regex = std::make_shared<const re2::RE2>(PieceOf(text), options);
  // Prometheus compiles the expression with anchors around it: what they are to it counts, too.
  const re2::RE2 anchored(absl::StrFormat("^(?:%s)$", text), options);
  if (regex->ok() && anchored.ok()) return regex;
  return BadRegex(anchored.ok() ? *regex : anchored);
}

std::string_view Sign(MatchKind kind) {
  switch (kind) {
    case MatchKind::kEqual:
      return "=";
    case MatchKind::kNotEqual:
      return "!=";
    case MatchKind::kRegex:
      return "=~";
    case MatchKind::kNotRegex:
      return "!~";
  }
  return "";
}

}  // namespace

absl::StatusOr<Matcher> Matcher::Create(MatchKind kind, std::string name, std::string value) {
  std::shared_ptr<const re2::RE2> regex;
  if (kind == MatchKind::kRegex || kind == MatchKind::kNotRegex) {
    auto compiled = Compile(value);
    if (!compiled.ok()) return compiled.status();
    regex = *std::move(compiled);
  }
  return Matcher(kind, std::move(name), std::move(value), std::move(regex));
}

Matcher::Matcher(MatchKind kind, std::string name, std::string value,
                 std::shared_ptr<const re2::RE2> regex)
    : kind_(kind), name_(std::move(name)), value_(std::move(value)), regex_(std::move(regex)) {}

bool Matcher::Matches(std::string_view value) const {
  switch (kind_) {
    case MatchKind::kEqual:
      return value == value_;
    case MatchKind::kNotEqual:
      return value != value_;
    case MatchKind::kRegex:
      return re2::RE2::FullMatch(PieceOf(value), *regex_);
    case MatchKind::kNotRegex:
      return !re2::RE2::FullMatch(PieceOf(value), *regex_);
  }
  return false;
}

int Matcher::RegexSize() const {
  constexpr int kAlone = 200;  // what even the smallest one takes
  return regex_ == nullptr ? 0 : kAlone + regex_->ProgramSize();
}

std::string Matcher::ToString() const {
  return absl::StrFormat("%s%s%s", name_, Sign(kind_), Quote(value_));
}

bool Matcher::operator==(const Matcher& other) const {
  return kind_ == other.kind_ && name_ == other.name_ && value_ == other.value_;
}

}  // namespace syspulse::promql
