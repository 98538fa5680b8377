#include "web-gateway/server/http_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/log.h"
#include "services/base/text.h"
#include "web-gateway/server/http1_session.h"
#include "web-gateway/server/http2_session.h"
#include "web-gateway/server/limits.h"

namespace syspulse {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

void SetKeepAlive(int socket, int option, int value) {
  setsockopt(socket, IPPROTO_TCP, option, &value, sizeof(value));
}

}  // namespace

absl::StatusOr<ListenAddress> ParseListenAddress(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const auto port = colon == std::string::npos
                        ? std::nullopt
                        : ParseNumber<std::uint16_t>(std::string_view(text).substr(colon + 1));
  std::string host = text.substr(0, colon == std::string::npos ? 0 : colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (!port || host.empty()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' is not an address to listen on; write 127.0.0.1:8080", text));
  }
  return ListenAddress{.host = std::move(host), .port = *port};
}

HttpServer::HttpServer(asio::io_context* io, Router* router, const ConnectionLimits& limits,
                       BodyBudget* bodies)
    : io_(io), router_(router), limits_(limits), bodies_(bodies), acceptor_(*io), pause_(*io) {}

absl::Status HttpServer::Listen(const ListenAddress& address) {
  boost::system::error_code error;
  tcp::resolver resolver(*io_);
  const auto endpoints =
      resolver.resolve(address.host, std::to_string(address.port), tcp::resolver::passive, error);
  if (error || endpoints.empty()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "'%s' is not an address of this machine; choose another with --http-listen", address.host));
  }
  const tcp::endpoint endpoint = endpoints.begin()->endpoint();
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error == asio::error::address_in_use) {
    return absl::UnavailableError(
        absl::StrFormat("port %d is in use; choose another with --http-listen", address.port));
  }
  if (error) {
    return absl::UnavailableError(
        absl::StrFormat("cannot listen on %s:%d: %s; choose another with --http-listen",
                        address.host, address.port, error.message()));
  }
  port_ = acceptor_.local_endpoint().port();
  Accept();
  return absl::OkStatus();
}

void HttpServer::Accept() {
  acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
    OnAccept(error, std::move(socket));
  });
}

void HttpServer::OnAccept(const boost::system::error_code& error, tcp::socket socket) {
  if (stopped_) return;
  if (!error) {
    failing_ = false;
    AddSession(std::move(socket));
    Accept();
    return;
  }
  // Out of descriptors or memory, mostly. The connection waits in the kernel's queue.
  if (!failing_) LogWarning("cannot accept connections: %s", error.message());
  failing_ = true;
  pause_.expires_after(kAcceptPause);
  pause_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled && !stopped_) Accept();
  });
}

void HttpServer::AddSession(tcp::socket socket) {
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  // A client that vanished is noticed after a minute, although its stream may have nothing to say.
  SetKeepAlive(socket.native_handle(), TCP_KEEPIDLE, 30);
  SetKeepAlive(socket.native_handle(), TCP_KEEPINTVL, 10);
  SetKeepAlive(socket.native_handle(), TCP_KEEPCNT, 3);
  const auto closed = [this](Session* session) { RemoveSession(session); };
  const auto upgrade = [this, closed](tcp::socket upgraded, std::string bytes) {
    const auto session =
        std::make_shared<Http2Session>(std::move(upgraded), router_, limits_, bodies_, closed);
    sessions_[session.get()] = session;
    session->Start(bytes);
  };
  auto session =
      std::make_shared<Http1Session>(std::move(socket), router_, limits_, bodies_, closed, upgrade);
  const bool full = sessions_.size() >= limits_.connections;
  sessions_[session.get()] = session;
  if (full) {
    session->Refuse(503, "the gateway has as many connections as it takes; try again later");
  }
  session->Start();
}

void HttpServer::Stop() {
  stopped_ = true;
  pause_.cancel();
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  const auto sessions = sessions_;
  for (const auto& [raw, session] : sessions) session->Stop();
  if (sessions_.empty()) return;
  pause_.expires_after(kStopGrace);
  pause_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) CloseSessions();
  });
}

void HttpServer::RemoveSession(Session* session) {
  sessions_.erase(session);
  if (stopped_ && sessions_.empty()) pause_.cancel();
}

void HttpServer::CloseSessions() {
  const auto sessions = sessions_;
  for (const auto& [raw, session] : sessions) session->Close();
}

}  // namespace syspulse
