// A small JSON document as values, for what is too free in form to be read straight through.
//
// Bounded: a document of more values or nested deeper than it should be is an error before it takes
// memory, and so is a name that stands twice in an object.
#ifndef WEB_GATEWAY_SERVER_JSON_TREE_H_
#define WEB_GATEWAY_SERVER_JSON_TREE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"

namespace syspulse {

struct JsonMember;
struct JsonValue;

struct JsonObject {
  std::vector<JsonMember> members;  // in the order of the document, each name once
  const JsonValue* Find(std::string_view name) const;
};
struct JsonList {
  std::vector<JsonValue> items;
};

struct JsonValue {
  // Null, true or false, a finite number, a string, an object or a list.
  std::variant<std::monostate, bool, double, std::string, JsonObject, JsonList> value;

  template <typename Kind>
  const Kind* As() const {
    return std::get_if<Kind>(&value);
  }
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

struct JsonBounds {
  std::size_t values = 5'000;
  int depth = 16;
};

// Returns the document. InvalidArgument if it is none, or exceeds the bounds.
absl::StatusOr<JsonValue> ParseJsonTree(std::string_view json, const JsonBounds& bounds);

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_JSON_TREE_H_
