#include "services/store/label_matcher.h"

#include <re2/re2.h>

#include <utility>

#include "absl/strings/str_format.h"

namespace syspulse {
namespace {

constexpr int kMostRegexBytes = 8 << 20;  // of a compiled expression: RE2's own default

re2::StringPiece Piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

absl::StatusOr<LabelMatcher> LabelMatcher::Create(Kind kind, std::string name, std::string value) {
  std::shared_ptr<const re2::RE2> regex;
  if (kind == Kind::kRegex || kind == Kind::kNotRegex) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kMostRegexBytes);
    regex = std::make_shared<const re2::RE2>(Piece(value), options);
    if (!regex->ok()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("'%s' is no regular expression: %s", value, regex->error()));
    }
  }
  return LabelMatcher(kind, std::move(name), std::move(value), std::move(regex));
}

LabelMatcher::LabelMatcher(Kind kind, std::string name, std::string value,
                           std::shared_ptr<const re2::RE2> regex)
    : kind_(kind), name_(std::move(name)), value_(std::move(value)), regex_(std::move(regex)) {}

bool LabelMatcher::Matches(std::string_view value) const {
  switch (kind_) {
    case Kind::kEqual:
      return value == value_;
    case Kind::kNotEqual:
      return value != value_;
    case Kind::kRegex:
      return re2::RE2::FullMatch(Piece(value), *regex_);
    case Kind::kNotRegex:
      return !re2::RE2::FullMatch(Piece(value), *regex_);
  }
  return false;
}

}  // namespace syspulse
