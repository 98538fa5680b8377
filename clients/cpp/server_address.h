// Where a service listens, as people write it.
#ifndef CLIENTS_CPP_SERVER_ADDRESS_H_
#define CLIENTS_CPP_SERVER_ADDRESS_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace syspulse {

// Where a service listens: a value that was checked.
struct ServerAddress {
  std::string target;     // as gRPC wants it: "ipv4:127.0.0.1:50051", "dns:///web-1:50051"
  bool loopback = false;  // whether it can only be this machine

  bool operator==(const ServerAddress&) const = default;
};

// Returns the address that `text` means: `HOST:PORT` with a name or an IPv4 address,
// `[IPV6]:PORT`, or `unix:PATH`. InvalidArgument with a sentence that shows the right form for
// anything else.
absl::StatusOr<ServerAddress> ParseServer(std::string_view text);

}  // namespace syspulse

#endif  // CLIENTS_CPP_SERVER_ADDRESS_H_
