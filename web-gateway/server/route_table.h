// Which rpc a path means: `/package.Service/Method`, and the REST paths of google.api.http.
#ifndef WEB_GATEWAY_SERVER_ROUTE_TABLE_H_
#define WEB_GATEWAY_SERVER_ROUTE_TABLE_H_

#include <google/protobuf/descriptor.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "web-gateway/server/contract.h"
#include "web-gateway/server/path_template.h"

namespace syspulse {

struct RpcMethod {
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  // `/syspulse.v1.HostService/ListHosts`.
  std::string path;
  // May be called by GET.
  bool no_side_effects = false;

  bool streams_requests() const { return descriptor->client_streaming(); }
  bool streams_responses() const { return descriptor->server_streaming(); }
};

struct RestRoute {
  // `GET`.
  std::string verb;
  PathTemplate path;
  const RpcMethod* method = nullptr;
  // The request takes the body: whole, or its field `body_field`.
  bool has_body = false;
  const google::protobuf::FieldDescriptor* body_field = nullptr;
};

struct RestMatch {
  const RestRoute* route = nullptr;
  PathTemplate::Variables variables;
};

// Immutable; thread-safe.
class RouteTable {
 public:
  // Reads the services of `contract`, which must outlive the table. Returns InvalidArgument for an
  // annotation that names a field that does not exist, or cannot stand in a path.
  static absl::StatusOr<RouteTable> Create(const Contract& contract);

  // Returns the rpc of `/package.Service/Method`, or null.
  const RpcMethod* FindMethod(std::string_view path) const;

  // Returns the route of a verb and a path (still percent-encoded), or nothing.
  std::optional<RestMatch> Match(std::string_view verb, std::string_view path) const;

  // Returns the verbs that a path takes, `GET, PATCH`; empty if the path is none of ours.
  std::string AllowedVerbs(std::string_view path) const;

  std::size_t route_count() const { return routes_.size(); }

 private:
  std::map<std::string, std::unique_ptr<RpcMethod>, std::less<>> methods_;
  // The most specific first.
  std::vector<RestRoute> routes_;
};

// Returns the field that a path such as `host.name` leads to from `type`, or null. Accepts names as
// in the .proto and as in JSON.
const google::protobuf::FieldDescriptor* FindFieldPath(const google::protobuf::Descriptor& type,
                                                       std::string_view path);

// Returns the field of `type` by its name in the .proto or in JSON, or null.
const google::protobuf::FieldDescriptor* FindField(const google::protobuf::Descriptor& type,
                                                   std::string_view name);

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_ROUTE_TABLE_H_
