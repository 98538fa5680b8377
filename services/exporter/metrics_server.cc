#include "services/exporter/metrics_server.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/log.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/exporter/http_connection.h"

namespace syspulse {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Error = boost::system::error_code;

constexpr std::chrono::milliseconds kAcceptPause{100};  // after an error, mostly of descriptors

struct Address {
  std::string host;  // as written, without brackets; empty for all addresses
  std::uint16_t port = 0;
};

absl::StatusOr<Address> ParseAddress(std::string_view listen, std::string_view flag) {
  const std::size_t colon = listen.rfind(':');
  const auto port =
      colon == listen.npos ? std::nullopt : ParseNumber<std::uint16_t>(listen.substr(colon + 1));
  std::string_view host = listen.substr(0, port ? colon : 0);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const bool all = colon == 0;
  if (!port || (host.empty() && !all) || host.find_first_of(", []") != host.npos) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s is '%s'; write it as host:port, such as 127.0.0.1:9464", flag, listen));
  }
  return Address{.host = std::string(host), .port = *port};
}

absl::Status ListenError(const Address& address, const Error& error, std::string_view flag) {
  if (error == asio::error::address_in_use) {
    return absl::AlreadyExistsError(
        absl::StrFormat("port %d is in use; choose another with %s", address.port, flag));
  }
  return absl::UnavailableError(
      absl::StrFormat("cannot listen on %s port %d: %s; choose another with %s", address.host,
                      address.port, error.message(), flag));
}

Error Listen(const tcp::endpoint& endpoint, tcp::acceptor* acceptor) {
  Error error;
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && endpoint.address().is_v6()) {
    // The address of all is that of IPv4 too.
    acceptor->set_option(asio::ip::v6_only(!endpoint.address().is_unspecified()), error);
  }
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    Error ignored;
    acceptor->close(ignored);
  }
  return error;
}

// Returns where to listen: what is first of the host's addresses works, those of IPv4 before those
// of IPv6 as node_exporter has it.
std::vector<tcp::endpoint> EndpointsOf(const Address& address, asio::io_context* io, Error* error) {
  if (address.host.empty()) {
    return {tcp::endpoint(asio::ip::address_v6::any(), address.port),
            tcp::endpoint(asio::ip::address_v4::any(), address.port)};
  }
  tcp::resolver resolver(*io);
  std::vector<tcp::endpoint> endpoints;
  for (const auto& found : resolver.resolve(address.host, absl::StrFormat("%d", address.port),
                                            tcp::resolver::passive, *error)) {
    endpoints.push_back(found.endpoint());
  }
  std::ranges::stable_partition(
      endpoints, [](const tcp::endpoint& endpoint) { return endpoint.address().is_v4(); });
  return endpoints;
}

}  // namespace

// What accepts connections, and the threads that serve them.
class MetricsServer::Loop {
 public:
  Loop(Handler handler, int threads)
      : handler_(std::move(handler)), threads_wanted_(threads), io_(threads) {}
  ~Loop() { io_.stop(); }  // then the threads end

  absl::Status Start(const Address& address, std::string_view flag) {
    Error error;
    for (const tcp::endpoint& endpoint : EndpointsOf(address, &io_, &error)) {
      error = Listen(endpoint, &acceptor_);
      // Where the port is in use by somebody of IPv6 alone, it is in use.
      if (!error || error == asio::error::address_in_use) break;
    }
    if (error) return ListenError(address, error, flag);
    Accept();
    for (int i = 0; i < threads_wanted_; ++i) threads_.emplace_back([this] { io_.run(); });
    return absl::OkStatus();
  }

  int port() const { return acceptor_.local_endpoint().port(); }

 private:
  void Accept() {
    acceptor_.async_accept(asio::make_strand(io_), [this](const Error& error, tcp::socket socket) {
      OnAccept(error, std::move(socket));
    });
  }

  void OnAccept(const Error& error, tcp::socket socket) {
    if (!error) {
      failing_ = false;
      if (connections_.MakeRoom()) Serve(std::move(socket));
      return Accept();
    }
    // The connection waits in the kernel's queue.
    if (!failing_) LogWarning("cannot accept connections of scrapers: %s", error.message());
    failing_ = true;
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([this](const Error& cancelled) {
      if (!cancelled) Accept();
    });
  }

  void Serve(tcp::socket socket) {
    Error ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const auto connection =
        std::make_shared<HttpConnection>(std::move(socket), &handler_, &connections_);
    asio::post(connection->executor(), [connection] { connection->Start(); });
  }

  const Handler handler_;
  const int threads_wanted_;
  OpenConnections connections_;  // outlives the connections, which are in io_
  asio::io_context io_;
  tcp::acceptor acceptor_{io_};
  asio::steady_timer pause_{io_};
  bool failing_ = false;  // and that was logged
  std::vector<std::jthread> threads_;
};

MetricsServer::MetricsServer(std::unique_ptr<Loop> loop, int port)
    : loop_(std::move(loop)), port_(port) {}

MetricsServer::~MetricsServer() = default;

absl::StatusOr<std::unique_ptr<MetricsServer>> MetricsServer::Create(const std::string& listen,
                                                                     std::string_view flag,
                                                                     int threads, Handler handler) {
  ASSIGN_OR_RETURN(const Address address, ParseAddress(listen, flag));
  auto loop = std::make_unique<Loop>(std::move(handler), threads);
  RETURN_IF_ERROR(loop->Start(address, flag));
  const int port = loop->port();
  return std::unique_ptr<MetricsServer>(new MetricsServer(std::move(loop), port));
}

}  // namespace syspulse
