// The gateway whole: everything that main and the tests need, in one object with one thread.
#ifndef WEB_GATEWAY_SERVER_GATEWAY_H_
#define WEB_GATEWAY_SERVER_GATEWAY_H_

#include <grpcpp/channel.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "web-gateway/server/body_budget.h"
#include "web-gateway/server/contract.h"
#include "web-gateway/server/http_server.h"
#include "web-gateway/server/json_codec.h"
#include "web-gateway/server/limits.h"
#include "web-gateway/server/request_builder.h"
#include "web-gateway/server/route_table.h"
#include "web-gateway/server/router.h"
#include "web-gateway/server/security_policy.h"
#include "web-gateway/server/service_discovery.h"
#include "web-gateway/server/upstream.h"

namespace syspulse {

struct GatewaySettings {
  ListenAddress listen{.host = "127.0.0.1"};
  // Names the service in sentences, `127.0.0.1:50051`.
  std::string server_address;
  std::string exporter_address = "127.0.0.1:9464";
  std::filesystem::path static_dir;
  std::vector<std::string> allowed_hosts;
  std::vector<std::string> allowed_origins;
  ConnectionLimits limits;
  // Called by the thread that serves, so often, for as long as it does; may be null.
  std::function<void()> alive;
  absl::Duration alive_interval = absl::Seconds(1);
};

// Runs from Create until it is destroyed. Thread-safe.
class Gateway {
 public:
  // Serves the rpcs of `descriptor_set` (a serialised FileDescriptorSet) by calls on `channel`.
  // Returns a sentence for the operator if it cannot start.
  static absl::StatusOr<std::unique_ptr<Gateway>> Create(GatewaySettings settings,
                                                         std::shared_ptr<grpc::Channel> channel,
                                                         std::string_view descriptor_set);
  // Ends all connections and waits for the calls to end.
  ~Gateway();

  std::uint16_t port() const { return server_.port(); }

  // Reads the dashboard's files again.
  absl::Status ReloadFiles();

 private:
  Gateway(GatewaySettings settings, std::shared_ptr<grpc::Channel> channel, Contract contract,
          RouteTable routes, std::shared_ptr<const StaticFiles> files);

  void SayAlive();  // and again after an interval

  const GatewaySettings settings_;
  const Contract contract_;
  const RouteTable routes_;
  BodyBudget bodies_;
  boost::asio::io_context io_;
  const JsonCodec codec_;
  RequestBuilder builder_;
  const SecurityPolicy policy_;
  const ServiceDiscovery discovery_;
  Upstream upstream_;
  Router router_;
  HttpServer server_;
  boost::asio::steady_timer alive_timer_;
  bool stopping_ = false;  // of the thread, as the timer is
  std::thread thread_;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_GATEWAY_H_
