// Which series a selector means: label="value", !=, =~, !~.
//
// Regular expressions are RE2's, are compiled once, and must match the whole value. A label that a
// series lacks has the empty value.
#ifndef SERVICES_PROMQL_MATCHER_H_
#define SERVICES_PROMQL_MATCHER_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace syspulse::promql {

enum class MatchKind { kEqual, kNotEqual, kRegex, kNotRegex };

// A value: copies share the compiled expression. Thread-safe.
class Matcher {
 public:
  // Returns the matcher. InvalidArgument if `value` should be a regular expression and is none, or
  // one that is too large once compiled; the message says why.
  static absl::StatusOr<Matcher> Create(MatchKind kind, std::string name, std::string value);

  MatchKind kind() const { return kind_; }
  const std::string& name() const { return name_; }
  const std::string& value() const { return value_; }

  // Returns whether a series whose label `name()` is `value` is meant.
  bool Matches(std::string_view value) const;

  // Returns how much memory the compiled expression takes, in some tens of bytes; 0 if there is
  // none.
  int RegexSize() const;

  // Returns it as in a query: name="value" with the value quoted.
  std::string ToString() const;

  bool operator==(const Matcher& other) const;

 private:
  Matcher(MatchKind kind, std::string name, std::string value,
          std::shared_ptr<const re2::RE2> regex);

  MatchKind kind_;
  std::string name_;
  std::string value_;
  std::shared_ptr<const re2::RE2> regex_;  // null unless one of the two regex kinds
};

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_MATCHER_H_
