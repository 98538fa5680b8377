// Decides who answers a request: a protocol, a page, or a sentence that says why nobody does.
#ifndef WEB_GATEWAY_SERVER_ROUTER_H_
#define WEB_GATEWAY_SERVER_ROUTER_H_

#include <memory>
#include <string_view>
#include <utility>

#include "web-gateway/server/exchange.h"
#include "web-gateway/server/health.h"
#include "web-gateway/server/json_codec.h"
#include "web-gateway/server/request_builder.h"
#include "web-gateway/server/route_table.h"
#include "web-gateway/server/security_policy.h"
#include "web-gateway/server/service_discovery.h"
#include "web-gateway/server/static_files.h"
#include "web-gateway/server/upstream.h"

namespace syspulse {

// Confined to the gateway's thread.
class Router {
 public:
  // What requests are answered with. Everything must outlive the router.
  struct Parts {
    const SecurityPolicy* policy = nullptr;
    const RouteTable* routes = nullptr;
    const google::protobuf::DescriptorPool* pool = nullptr;
    const JsonCodec* codec = nullptr;
    RequestBuilder* builder = nullptr;
    Upstream* upstream = nullptr;
    const ServiceDiscovery* discovery = nullptr;
  };

  Router(Parts parts, std::shared_ptr<const StaticFiles> files)
      : parts_(parts), files_(std::move(files)) {}

  // Answers `exchange`, or gives it the handler that will.
  void Route(const std::shared_ptr<Exchange>& exchange);

  // Replaces the dashboard's files.
  void set_files(std::shared_ptr<const StaticFiles> files) { files_ = std::move(files); }

  const SecurityPolicy& policy() const { return *parts_.policy; }

 private:
  void RouteGrpcWeb(const std::shared_ptr<Exchange>& exchange, std::string_view media_type);
  void RouteConnectStream(const std::shared_ptr<Exchange>& exchange, bool json);
  void RouteConnectUnary(const std::shared_ptr<Exchange>& exchange, std::string_view encoding);
  void RouteConnectGet(const std::shared_ptr<Exchange>& exchange);
  void RouteRest(const std::shared_ptr<Exchange>& exchange, RestMatch match);
  void RouteRest404(const std::shared_ptr<Exchange>& exchange);
  bool RoutePage(const std::shared_ptr<Exchange>& exchange);

  const Parts parts_;
  std::shared_ptr<const StaticFiles> files_;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_ROUTER_H_
