#include "services/exporter/metrics_server.h"

#include <CivetServer.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <exception>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/text.h"
#include "services/exporter/gzip.h"

namespace syspulse {
namespace {

// Each answers one request at a time; more than a few scrapers at once are rare.
constexpr const char* kThreads = "8";
// A client that stands still holds a thread for so long, in milliseconds.
constexpr const char* kRequestTimeout = "5000";
// Stands for all addresses where one is needed; connecting to it leads to this machine.
constexpr const char* kAnyAddress = "0.0.0.0";
// Less is not worth the work of packing and unpacking it.
constexpr std::size_t kLeastToPack = 1024;

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

// Calls `use` with a new socket for the address, and the address as the kernel wants it. Returns
// errno, 0 if `use` returned 0 as system calls do.
int WithSocket(const std::string& host, int port,
               const std::function<int(int fd, const sockaddr*, socklen_t)>& use) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.empty() ? kAnyAddress : host.c_str(), absl::StrFormat("%d", port).c_str(),
                  &hints, &found) != 0) {
    return EADDRNOTAVAIL;
  }
  int error = 0;
  const int fd = socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, 0);
  if (fd < 0 || use(fd, found->ai_addr, found->ai_addrlen) != 0) error = errno;
  if (fd >= 0) close(fd);
  freeaddrinfo(found);
  return error;
}

// Returns why nobody can listen on the address, as errno; 0 if one can. The HTTP server does not
// say.
int TryToListen(const Address& address) {
  return WithSocket(address.host, address.port,
                    [](int fd, const sockaddr* where, socklen_t length) {
                      const int on = 1;
                      setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
                      return bind(fd, where, length) != 0 ? -1 : ::listen(fd, 1);
                    });
}

absl::Status ListenError(const Address& address, std::string_view flag) {
  const int error = TryToListen(address);
  if (error == EADDRINUSE) {
    return absl::AlreadyExistsError(
        absl::StrFormat("port %d is in use; choose another with %s", address.port, flag));
  }
  return absl::UnavailableError(absl::StrFormat(
      "cannot listen on %s port %d%s%s; choose another with %s", address.host, address.port,
      error == 0 ? "" : ": ", error == 0 ? "" : std::strerror(error), flag));
}

const char* ReasonOf(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    default:
      return "Service Unavailable";
  }
}

}  // namespace

// Gets every request there is.
class MetricsServer::Router final : public CivetHandler {
 public:
  explicit Router(Handler handler) : handler_(std::move(handler)) {}

  bool handleGet(CivetServer*, mg_connection* connection) override {
    HttpAnswer answer = Ask(connection);
    Send(Packed(std::move(answer), connection), /*body=*/true, connection);
    return true;
  }
  bool handleHead(CivetServer*, mg_connection* connection) override {
    HttpAnswer answer = Ask(connection);
    Send(Packed(std::move(answer), connection), /*body=*/false, connection);
    return true;
  }
  bool handlePost(CivetServer*, mg_connection* connection) override { return Refuse(connection); }
  bool handlePut(CivetServer*, mg_connection* connection) override { return Refuse(connection); }
  bool handleDelete(CivetServer*, mg_connection* connection) override { return Refuse(connection); }
  bool handlePatch(CivetServer*, mg_connection* connection) override { return Refuse(connection); }
  bool handleOptions(CivetServer*, mg_connection* connection) override {
    return Refuse(connection);
  }

 private:
  HttpAnswer Ask(mg_connection* connection) const {
    const mg_request_info* const request = mg_get_request_info(connection);
    return handler_(request->local_uri,
                    request->query_string != nullptr ? request->query_string : "");
  }

  // An answer with what HTTP says of its body.
  struct Reply {
    HttpAnswer answer;
    bool packed = false;
  };

  static Reply Packed(HttpAnswer answer, mg_connection* connection) {
    const char* const accepted = mg_get_header(connection, "Accept-Encoding");
    if (accepted == nullptr || answer.body.size() < kLeastToPack || !AcceptsGzip(accepted)) {
      return {.answer = std::move(answer)};
    }
    std::optional<std::string> packed = Gzip(answer.body);
    if (!packed) return {.answer = std::move(answer)};
    answer.body = *std::move(packed);
    return {.answer = std::move(answer), .packed = true};
  }

  static bool Refuse(mg_connection* connection) {
    Send({.answer = {.status = 405, .body = "only GET is answered here\n"}}, /*body=*/true,
         connection);
    return true;
  }

  static void Send(const Reply& reply, bool body, mg_connection* connection) {
    const HttpAnswer& answer = reply.answer;
    const std::string head = absl::StrFormat(
        "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n"
        "X-Content-Type-Options: nosniff\r\nVary: Accept-Encoding\r\n%s%s\r\n",
        answer.status, ReasonOf(answer.status), answer.type, answer.body.size(),
        reply.packed ? "Content-Encoding: gzip\r\n" : "",
        answer.status == 405 ? "Allow: GET, HEAD\r\n" : "");
    // A client that goes away while it is written to is its own affair.
    if (mg_write(connection, head.data(), head.size()) > 0 && body) {
      mg_write(connection, answer.body.data(), answer.body.size());
    }
  }

  const Handler handler_;
};

MetricsServer::MetricsServer(Handler handler)
    : router_(std::make_unique<Router>(std::move(handler))) {}

MetricsServer::~MetricsServer() {
  if (server_ == nullptr) return;
  // The server looks every two seconds whether it shall stop, or when somebody calls.
  const std::jthread caller([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      WithSocket(host_, port_, connect);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  });
  server_.reset();
}

absl::StatusOr<std::unique_ptr<MetricsServer>> MetricsServer::Create(const std::string& listen,
                                                                     std::string_view flag,
                                                                     Handler handler) {
  const auto address = ParseAddress(listen, flag);
  if (!address.ok()) return address.status();
  std::unique_ptr<MetricsServer> server(new MetricsServer(std::move(handler)));
  // To the library `+PORT` is all addresses, of IPv6 too where there is any.
  const std::string ports = address->host.empty() ? absl::StrFormat("+%d", address->port) : listen;
  try {  // the library's way to say that it could not listen
    server->server_ = std::make_unique<CivetServer>(std::vector<std::string>{
        "listening_ports", ports, "num_threads", kThreads, "request_timeout_ms", kRequestTimeout});
  } catch (const std::exception&) {
    return ListenError(*address, flag);
  }
  const std::vector<int> taken = server->server_->getListeningPorts();
  if (taken.empty()) return ListenError(*address, flag);
  server->host_ = address->host;
  server->port_ = taken.front();
  server->server_->addHandler("/**", server->router_.get());
  return server;
}

}  // namespace syspulse
