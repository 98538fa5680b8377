#include "web-gateway/server/gateway.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "services/base/status_macros.h"

namespace syspulse {

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Create(GatewaySettings settings,
                                                         std::shared_ptr<grpc::Channel> channel,
                                                         std::string_view descriptor_set) {
  ASSIGN_OR_RETURN(Contract contract, LoadContract(descriptor_set));
  ASSIGN_OR_RETURN(RouteTable routes, RouteTable::Create(contract));
  ASSIGN_OR_RETURN(std::shared_ptr<const StaticFiles> files,
                   StaticFiles::Load(settings.static_dir));
  std::unique_ptr<Gateway> gateway(new Gateway(std::move(settings), std::move(channel),
                                               std::move(contract), std::move(routes),
                                               std::move(files)));
  RETURN_IF_ERROR(gateway->server_.Listen(gateway->settings_.listen));
  if (gateway->settings_.alive != nullptr) {
    boost::asio::post(gateway->io_, [raw = gateway.get()] { raw->SayAlive(); });
  }
  gateway->thread_ = std::thread([raw = gateway.get()] { raw->io_.run(); });
  return gateway;
}

Gateway::Gateway(GatewaySettings settings, std::shared_ptr<grpc::Channel> channel,
                 Contract contract, RouteTable routes, std::shared_ptr<const StaticFiles> files)
    : settings_(std::move(settings)),
      contract_(std::move(contract)),
      routes_(std::move(routes)),
      bodies_(settings_.limits.body_bytes),
      io_(1),
      codec_(contract_.pool.get()),
      builder_(&codec_),
      policy_(settings_.listen.host, settings_.allowed_hosts, settings_.allowed_origins),
      discovery_(settings_.exporter_address),
      upstream_(std::move(channel), settings_.server_address, &io_),
      router_({.policy = &policy_,
               .routes = &routes_,
               .pool = contract_.pool.get(),
               .codec = &codec_,
               .builder = &builder_,
               .upstream = &upstream_,
               .discovery = &discovery_},
              std::move(files)),
      server_(&io_, &router_, settings_.limits, &bodies_),
      alive_timer_(io_) {}

Gateway::~Gateway() {
  if (!thread_.joinable()) return;
  upstream_.Stop();
  boost::asio::post(io_, [this] {
    stopping_ = true;
    alive_timer_.cancel();
    server_.Stop();
  });
  thread_.join();  // returns when gRPC has let go of the last call
}

void Gateway::SayAlive() {
  settings_.alive();
  alive_timer_.expires_after(absl::ToChronoNanoseconds(settings_.alive_interval));
  alive_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error && !stopping_) SayAlive();
  });
}

absl::Status Gateway::ReloadFiles() {
  ASSIGN_OR_RETURN(std::shared_ptr<const StaticFiles> files,
                   StaticFiles::Load(settings_.static_dir));
  boost::asio::post(io_, [this, files = std::move(files)] { router_.set_files(files); });
  return absl::OkStatus();
}

}  // namespace syspulse
