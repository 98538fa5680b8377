#include "clients/cpp/server_address.h"

#include <arpa/inet.h>
#include <sys/un.h>

#include <algorithm>

#include "absl/strings/str_format.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr std::string_view kUnix = "unix:";
constexpr std::size_t kLongestName = 253;                                 // RFC 1035, 2.3.4
constexpr std::size_t kLongestPath = sizeof(sockaddr_un{}.sun_path) - 1;  // unix(7)

absl::Status NotAServer(std::string_view text, std::string_view reason) {
  return absl::InvalidArgumentError(absl::StrFormat(
      "'%s' is not a server address: %s; write HOST:PORT such as 127.0.0.1:50051, [::1]:50051 or "
      "unix:/run/syspulse.sock",
      text, reason));
}

bool IsName(std::string_view host) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  };
  return !host.empty() && host.size() <= kLongestName && std::ranges::all_of(host, allowed);
}

bool OnlyDigitsAndDots(std::string_view host) {
  return std::ranges::all_of(host, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

absl::StatusOr<ServerAddress> ParseUnix(std::string_view text) {
  const std::string_view path = text.substr(kUnix.size());
  if (path.empty() || path == "//") return NotAServer(text, "the path of the socket is missing");
  if (path.size() > kLongestPath) {
    return NotAServer(text, absl::StrFormat("the path of a socket has at most %d bytes",
                                            static_cast<int>(kLongestPath)));
  }
  return ServerAddress{.target = std::string(text), .loopback = true};
}

absl::StatusOr<ServerAddress> ParseIpv6(std::string_view text, std::string_view host,
                                        std::uint16_t port) {
  in6_addr address{};
  if (inet_pton(AF_INET6, std::string(host).c_str(), &address) != 1) {
    return NotAServer(text, absl::StrFormat("'%s' is not an IPv6 address", host));
  }
  return ServerAddress{.target = absl::StrFormat("ipv6:[%s]:%d", host, port),
                       .loopback = IN6_IS_ADDR_LOOPBACK(&address) != 0};
}

absl::StatusOr<ServerAddress> ParseNameOrIpv4(std::string_view text, std::string_view host,
                                              std::uint16_t port) {
  if (host.find(':') != std::string_view::npos) {
    return NotAServer(text, "an IPv6 address stands in brackets");
  }
  in_addr address{};
  if (inet_pton(AF_INET, std::string(host).c_str(), &address) == 1) {
    return ServerAddress{.target = absl::StrFormat("ipv4:%s:%d", host, port),
                         .loopback = (ntohl(address.s_addr) >> 24) == 127};
  }
  if (!IsName(host) || OnlyDigitsAndDots(host)) {
    return NotAServer(text,
                      absl::StrFormat("'%s' is neither a host name nor an IPv4 address", host));
  }
  return ServerAddress{.target = absl::StrFormat("dns:///%s:%d", host, port),
                       .loopback = ToLower(host) == "localhost"};
}

}  // namespace

absl::StatusOr<ServerAddress> ParseServer(std::string_view text) {
  if (text.starts_with(kUnix)) return ParseUnix(text);
  if (text.find("://") != std::string_view::npos) return NotAServer(text, "it is a URL");
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return NotAServer(text, "the port is missing");
  const auto port = ParseNumber<std::uint16_t>(text.substr(colon + 1));
  if (!port || *port == 0) return NotAServer(text, "the port is a number from 1 to 65535");
  const std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    return ParseIpv6(text, host.substr(1, host.size() - 2), *port);
  }
  return ParseNameOrIpv4(text, host, *port);
}

}  // namespace syspulse
