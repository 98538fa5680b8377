// Listens, and makes a session of every connection.
#ifndef WEB_GATEWAY_SERVER_HTTP_SERVER_H_
#define WEB_GATEWAY_SERVER_HTTP_SERVER_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "web-gateway/server/body_budget.h"
#include "web-gateway/server/limits.h"
#include "web-gateway/server/router.h"
#include "web-gateway/server/session.h"

namespace syspulse {

// Where to listen.
struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;
};

// Returns the parts of `host:port` or `[v6]:port`; InvalidArgument for anything else.
absl::StatusOr<ListenAddress> ParseListenAddress(const std::string& text);

// Confined to the gateway's thread, except where it says otherwise.
class HttpServer {
 public:
  // `io`, `router` and `bodies` must outlive the server. Beyond `limits.connections` at once,
  // clients are told 503.
  HttpServer(boost::asio::io_context* io, Router* router, const ConnectionLimits& limits,
             BodyBudget* bodies);

  // Takes the port and begins to accept. Before `io` runs. Returns Unavailable or InvalidArgument
  // with a sentence for the operator.
  absl::Status Listen(const ListenAddress& address);

  // The port that was taken.
  std::uint16_t port() const { return port_; }

  // Stops accepting and ends all connections; those that have not ended after kStopGrace are cut.
  void Stop();

 private:
  void Accept();
  void OnAccept(const boost::system::error_code& error, boost::asio::ip::tcp::socket socket);
  void RemoveSession(Session* session);
  void CloseSessions();
  void AddSession(boost::asio::ip::tcp::socket socket);

  boost::asio::io_context* const io_;
  Router* const router_;
  const ConnectionLimits limits_;
  BodyBudget* const bodies_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::uint16_t port_ = 0;
  bool stopped_ = false;
  // Whether the last attempt to accept failed: one line in the log tells of many.
  bool failing_ = false;
  std::map<Session*, std::shared_ptr<Session>> sessions_;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_HTTP_SERVER_H_
