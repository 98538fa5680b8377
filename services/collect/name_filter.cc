#include "services/collect/name_filter.h"

#include <re2/re2.h>

#include <cstdlib>
#include <string>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

using Pattern = std::shared_ptr<const re2::RE2>;

re2::StringPiece Piece(std::string_view text) { return {text.data(), text.size()}; }

absl::StatusOr<Pattern> Compile(std::string_view text) {
  if (text.empty()) return Pattern();
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto pattern = std::make_shared<const re2::RE2>(Piece(text), options);
  if (pattern->ok()) return pattern;
  return absl::InvalidArgumentError(
      absl::StrFormat("'%s' is not a regular expression: %s", ToUtf8(text), pattern->error()));
}

std::string_view TextOf(const Pattern& pattern) {
  return pattern == nullptr ? std::string_view() : std::string_view(pattern->pattern());
}

}  // namespace

absl::StatusOr<NameFilter> NameFilter::Create(std::string_view include, std::string_view exclude) {
  NameFilter filter;
  ASSIGN_OR_RETURN(filter.include_, Compile(include));
  ASSIGN_OR_RETURN(filter.exclude_, Compile(exclude));
  return filter;
}

NameFilter NameFilter::Including(std::string_view include) { return Create(include, "").value(); }

NameFilter NameFilter::Excluding(std::string_view exclude) { return Create("", exclude).value(); }

std::string_view NameFilter::include() const { return TextOf(include_); }

std::string_view NameFilter::exclude() const { return TextOf(exclude_); }

bool NameFilter::Takes(std::string_view name) const {
  const re2::StringPiece text = Piece(name);
  return (include_ == nullptr || re2::RE2::PartialMatch(text, *include_)) &&
         (exclude_ == nullptr || !re2::RE2::PartialMatch(text, *exclude_));
}

}  // namespace syspulse
