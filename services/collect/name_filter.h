// Which of the names that the kernel gives (devices, interfaces, units) a collector takes.
//
// Patterns are RE2's, which are Go's, so that what people wrote for node_exporter means the same
// here: a pattern matches anywhere in the name unless it is anchored.
#ifndef SERVICES_COLLECT_NAME_FILTER_H_
#define SERVICES_COLLECT_NAME_FILTER_H_

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"

namespace re2 {
class RE2;
}

namespace syspulse {

// A value; copies share the compiled patterns. Thread-safe.
class NameFilter {
 public:
  // Takes every name.
  NameFilter() = default;

  // Takes the names that match `include` and do not match `exclude`; an empty pattern is none.
  // InvalidArgument with the reason if one is no regular expression.
  static absl::StatusOr<NameFilter> Create(std::string_view include, std::string_view exclude);

  // Return filters of constant patterns. Abort if they are no regular expressions.
  static NameFilter Including(std::string_view include);
  static NameFilter Excluding(std::string_view exclude);

  bool Takes(std::string_view name) const;

  // Return the patterns, empty where there is none; valid as long as this or a copy of it.
  std::string_view include() const;
  std::string_view exclude() const;

 private:
  std::shared_ptr<const re2::RE2> include_;  // null: all
  std::shared_ptr<const re2::RE2> exclude_;  // null: none
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_NAME_FILTER_H_
