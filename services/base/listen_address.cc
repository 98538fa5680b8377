#include "services/base/listen_address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>

#include "absl/strings/str_format.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr std::string_view kUnix = "unix:";

struct HostAndPort {
  std::string host;  // without brackets
  std::string port;
};

std::optional<HostAndPort> SplitAddress(std::string_view address) {
  const auto colon = address.rfind(':');
  if (colon == address.npos || colon == 0) return std::nullopt;
  std::string_view host = address.substr(0, colon);
  const std::string_view port = address.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != host.npos) {
    return std::nullopt;  // IPv6 without brackets
  }
  if (host.empty() || !ParseNumber<std::uint16_t>(port)) return std::nullopt;
  return HostAndPort{std::string(host), std::string(port)};
}

// Tries to bind, and returns the error number; 0 if it works.
int TryBind(const addrinfo& candidate) {
  const int fd = socket(candidate.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  const int on = 1;  // as gRPC sets it: connections that linger do not count
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const bool bound = bind(fd, candidate.ai_addr, candidate.ai_addrlen) == 0 && listen(fd, 1) == 0;
  const int error = bound ? 0 : errno;
  close(fd);
  return error;
}

}  // namespace

absl::Status CheckListenAddress(std::string_view address, std::string_view flag) {
  if (address.starts_with(kUnix) || SplitAddress(address)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "'%s' is not an address to listen on; write --%s=HOST:PORT, such as 127.0.0.1:50051", address,
      flag));
}

bool IsLoopback(std::string_view address) {
  if (address.starts_with(kUnix)) return true;
  const std::optional<HostAndPort> parts = SplitAddress(address);
  if (!parts) return false;
  if (parts->host == "localhost") return true;
  in_addr v4{};
  if (inet_pton(AF_INET, parts->host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, parts->host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

std::string WithPort(std::string_view address, int port) {
  if (address.starts_with(kUnix)) return std::string(address);
  return absl::StrFormat("%s:%d", address.substr(0, address.rfind(':')), port);
}

absl::Status ExplainBindFailure(std::string_view address, std::string_view flag) {
  const std::optional<HostAndPort> parts = SplitAddress(address);
  if (!parts) {
    return absl::UnavailableError(
        absl::StrFormat("cannot listen on %s; choose another with --%s", address, flag));
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(parts->host.c_str(), parts->port.c_str(), &hints, &found);
      error != 0) {
    return absl::UnavailableError(absl::StrFormat("cannot find %s (%s); choose another with --%s",
                                                  parts->host, gai_strerror(error), flag));
  }
  int error = 0;
  for (const addrinfo* one = found; one != nullptr && error == 0; one = one->ai_next) {
    error = TryBind(*one);
  }
  freeaddrinfo(found);
  if (error == EADDRINUSE || error == 0) {  // 0: it was free again by now
    return absl::UnavailableError(
        absl::StrFormat("port %s is in use; choose another with --%s", parts->port, flag));
  }
  return absl::UnavailableError(absl::StrFormat(
      "cannot listen on %s (%s); choose another with --%s", address, std::strerror(error), flag));
}

}  // namespace syspulse
