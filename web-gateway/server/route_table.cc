#include "web-gateway/server/route_table.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_format.h"
#include "google/api/annotations.pb.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

namespace pb = google::protobuf;

// Returns verb and template of a rule; both empty if it has none.
std::pair<std::string, std::string> PatternOf(const google::api::HttpRule& rule) {
  switch (rule.pattern_case()) {
    case google::api::HttpRule::kGet:
      return {"GET", rule.get()};
    case google::api::HttpRule::kPut:
      return {"PUT", rule.put()};
    case google::api::HttpRule::kPost:
      return {"POST", rule.post()};
    case google::api::HttpRule::kDelete:
      return {"DELETE", rule.delete_()};
    case google::api::HttpRule::kPatch:
      return {"PATCH", rule.patch()};
    case google::api::HttpRule::PATTERN_NOT_SET:
      break;
  }
  return {};
}

absl::StatusOr<RestRoute> RouteOf(const RpcMethod& method, const google::api::HttpRule& rule) {
  const auto error = [&](std::string_view what) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s: %s", method.descriptor->full_name(), what));
  };
  const auto [verb, path] = PatternOf(rule);
  if (verb.empty()) return error("has an http rule without a path");
  ASSIGN_OR_RETURN(PathTemplate path_template, PathTemplate::Parse(path));
  const pb::Descriptor& input = *method.descriptor->input_type();
  for (const std::string& name : path_template.Fields()) {
    const pb::FieldDescriptor* field = FindFieldPath(input, name);
    if (field == nullptr || field->is_repeated() ||
        field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
      return error(absl::StrFormat("{%s} is not a single plain field of the request", name));
    }
  }
  RestRoute route{.verb = verb, .path = std::move(path_template), .method = &method};
  route.has_body = !rule.body().empty();
  if (route.has_body && rule.body() != "*") {
    route.body_field = FindField(input, rule.body());
    if (route.body_field == nullptr || route.body_field->is_repeated() ||
        route.body_field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) {
      return error(absl::StrFormat("body '%s' is not a message field", rule.body()));
    }
  }
  return route;
}

absl::Status AddRoutes(const RpcMethod& method, std::vector<RestRoute>* routes) {
  const auto& options = method.descriptor->options();
  if (!options.HasExtension(google::api::http)) return absl::OkStatus();
  const google::api::HttpRule& rule = options.GetExtension(google::api::http);
  ASSIGN_OR_RETURN(RestRoute first, RouteOf(method, rule));
  routes->push_back(std::move(first));
  for (const auto& additional : rule.additional_bindings()) {
    ASSIGN_OR_RETURN(RestRoute route, RouteOf(method, additional));
    routes->push_back(std::move(route));
  }
  return absl::OkStatus();
}

}  // namespace

const pb::FieldDescriptor* FindField(const pb::Descriptor& type, std::string_view name) {
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->name() == name || type.field(i)->json_name() == name) return type.field(i);
  }
  return nullptr;
}

const pb::FieldDescriptor* FindFieldPath(const pb::Descriptor& type, std::string_view path) {
  const pb::Descriptor* message = &type;
  const pb::FieldDescriptor* field = nullptr;
  for (const std::string_view name : Split(path, '.')) {
    if (message == nullptr || (field != nullptr && field->is_repeated())) return nullptr;
    field = FindField(*message, name);
    if (field == nullptr) return nullptr;
    message = field->message_type();
  }
  return field;
}

absl::StatusOr<RouteTable> RouteTable::Create(const Contract& contract) {
  RouteTable table;
  for (const pb::FileDescriptor* file : contract.files) {
    for (int i = 0; i < file->service_count(); ++i) {
      const pb::ServiceDescriptor* service = file->service(i);
      for (int j = 0; j < service->method_count(); ++j) {
        auto method = std::make_unique<RpcMethod>();
        method->descriptor = service->method(j);
        method->path = "/" + service->full_name() + "/" + service->method(j)->name();
        method->no_side_effects =
            service->method(j)->options().idempotency_level() == pb::MethodOptions::NO_SIDE_EFFECTS;
        RETURN_IF_ERROR(AddRoutes(*method, &table.routes_));
        std::string path = method->path;
        table.methods_.emplace(std::move(path), std::move(method));
      }
    }
  }
  std::stable_sort(
      table.routes_.begin(), table.routes_.end(),
      [](const RestRoute& a, const RestRoute& b) { return a.path.MoreSpecificThan(b.path); });
  return table;
}

const RpcMethod* RouteTable::FindMethod(std::string_view path) const {
  const auto found = methods_.find(path);
  return found == methods_.end() ? nullptr : found->second.get();
}

std::optional<RestMatch> RouteTable::Match(std::string_view verb, std::string_view path) const {
  for (const RestRoute& route : routes_) {
    if (route.verb != verb) continue;
    if (auto variables = route.path.Match(path)) {
      return RestMatch{.route = &route, .variables = std::move(*variables)};
    }
  }
  return std::nullopt;
}

std::string RouteTable::AllowedVerbs(std::string_view path) const {
  std::set<std::string> verbs;
  for (const RestRoute& route : routes_) {
    if (route.path.Match(path)) verbs.insert(route.verb);
  }
  std::string list;
  for (const std::string& verb : verbs) list += (list.empty() ? "" : ", ") + verb;
  return list;
}

}  // namespace syspulse
