// Which series a reader of the store wants: label="value", !=, =~, !~.
//
// Regular expressions are RE2's and must match the whole value. A label that a series lacks has the
// empty value.
#ifndef SERVICES_STORE_LABEL_MATCHER_H_
#define SERVICES_STORE_LABEL_MATCHER_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace syspulse {

// The label that is the name of a series' metric.
inline constexpr std::string_view kNameLabel = "__name__";

// A value; copies share the compiled expression. Thread-safe.
class LabelMatcher {
 public:
  enum class Kind { kEqual, kNotEqual, kRegex, kNotRegex };

  // Returns the matcher. InvalidArgument, with the reason, if `value` should be a regular
  // expression and is none, or one that is too large.
  static absl::StatusOr<LabelMatcher> Create(Kind kind, std::string name, std::string value);

  const std::string& name() const { return name_; }

  // Returns whether a series with this value of the label is wanted.
  bool Matches(std::string_view value) const;

 private:
  LabelMatcher(Kind kind, std::string name, std::string value,
               std::shared_ptr<const re2::RE2> regex);

  Kind kind_;
  std::string name_;
  std::string value_;
  std::shared_ptr<const re2::RE2> regex_;  // null unless one of the two regex kinds
};

}  // namespace syspulse

#endif  // SERVICES_STORE_LABEL_MATCHER_H_
