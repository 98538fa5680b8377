// The paths of google.api.http: `/api/v1/{name=hosts/*}:restart`.
//
//   template = "/" segments [ ":" verb ]          segment  = "*" | "**" | literal | variable
//   segments = segment { "/" segment }            variable = "{" field.path [ "=" segments ] "}"
//
// `*` is one segment that is not empty, `**` the rest of the path; `{x}` is `{x=*}`. A verb belongs
// to the last segment of the path. See google/api/http.proto.
#ifndef WEB_GATEWAY_SERVER_PATH_TEMPLATE_H_
#define WEB_GATEWAY_SERVER_PATH_TEMPLATE_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace syspulse {

// A value; immutable.
class PathTemplate {
 public:
  // Field paths and what stood in their place, decoded.
  using Variables = std::vector<std::pair<std::string, std::string>>;

  // Returns InvalidArgument that says what is wrong with the template.
  static absl::StatusOr<PathTemplate> Parse(std::string_view text);

  // Returns the variables if `path` (still percent-encoded) is one of the template's, else nothing.
  std::optional<Variables> Match(std::string_view path) const;

  // Whether this template must be asked before `other`: where both match, the one with a literal in
  // the first place where they differ is meant.
  bool MoreSpecificThan(const PathTemplate& other) const;

  // The field paths of the variables.
  std::vector<std::string> Fields() const;

 private:
  enum class Kind { kLiteral, kOne, kRest };
  struct Segment {
    Kind kind = Kind::kLiteral;
    std::string literal;
  };
  // Covers segments [begin, end) of the template.
  struct Variable {
    std::string field;
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  absl::Status AddSegments(std::string_view text, bool inside_variable);
  absl::Status AddVariable(std::string_view text);

  std::vector<Segment> segments_;
  std::vector<Variable> variables_;
  std::string verb_;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_PATH_TEMPLATE_H_
