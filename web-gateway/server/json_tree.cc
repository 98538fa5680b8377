#include "web-gateway/server/json_tree.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_format.h"
#include "services/base/json_reader.h"
#include "services/base/status_macros.h"

namespace syspulse {
namespace {

constexpr std::size_t kLongestQuote = 80;

class TreeReader {
 public:
  TreeReader(std::string_view json, const JsonBounds& bounds) : reader_(json), bounds_(bounds) {}

  absl::StatusOr<JsonValue> Document() {
    ASSIGN_OR_RETURN(JsonValue value, Value(bounds_.depth));
    if (!reader_.at_end()) return reader_.Error("the end of the document");
    return value;
  }

 private:
  absl::StatusOr<JsonValue> Value(int depth) {
    if (++values_ > bounds_.values) {
      return absl::InvalidArgumentError(
          absl::StrFormat("there are more than %d values", bounds_.values));
    }
    if (depth == 0) {
      return absl::InvalidArgumentError(
          absl::StrFormat("values are nested deeper than %d", bounds_.depth));
    }
    if (reader_.Sees('{')) return Object(depth);
    if (reader_.Sees('[')) return List(depth);
    if (reader_.TakesWord("null")) return JsonValue{};
    if (reader_.TakesWord("true")) return JsonValue{true};
    if (reader_.TakesWord("false")) return JsonValue{false};
    if (reader_.Sees('"')) {
      ASSIGN_OR_RETURN(std::string text, reader_.String());
      return JsonValue{std::move(text)};
    }
    ASSIGN_OR_RETURN(const double number, reader_.Number());
    return JsonValue{number};
  }

  absl::StatusOr<JsonValue> Object(int depth) {
    JsonObject object;
    std::set<std::string> names;
    RETURN_IF_ERROR(reader_.Items('{', '}', [&]() -> absl::Status {
      ASSIGN_OR_RETURN(std::string name, reader_.Name());
      if (!names.insert(name).second) {
        return absl::InvalidArgumentError(
            absl::StrFormat("'%s' stands twice in an object", name.substr(0, kLongestQuote)));
      }
      ASSIGN_OR_RETURN(JsonValue value, Value(depth - 1));
      object.members.push_back({.name = std::move(name), .value = std::move(value)});
      return absl::OkStatus();
    }));
    return JsonValue{std::move(object)};
  }

  absl::StatusOr<JsonValue> List(int depth) {
    JsonList list;
    RETURN_IF_ERROR(reader_.Items('[', ']', [&]() -> absl::Status {
      ASSIGN_OR_RETURN(JsonValue value, Value(depth - 1));
      list.items.push_back(std::move(value));
      return absl::OkStatus();
    }));
    return JsonValue{std::move(list)};
  }

  JsonReader reader_;
  const JsonBounds bounds_;
  std::size_t values_ = 0;
};

}  // namespace

const JsonValue* JsonObject::Find(std::string_view name) const {
  const auto found = std::ranges::find(members, name, &JsonMember::name);
  return found == members.end() ? nullptr : &found->value;
}

absl::StatusOr<JsonValue> ParseJsonTree(std::string_view json, const JsonBounds& bounds) {
  return TreeReader(json, bounds).Document();
}

}  // namespace syspulse
