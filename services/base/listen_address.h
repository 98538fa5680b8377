// Addresses that a server listens on, as operators write them: `127.0.0.1:50051`, `[::1]:50051`,
// `localhost:0`, `unix:/run/syspulse.sock`.
#ifndef SERVICES_BASE_LISTEN_ADDRESS_H_
#define SERVICES_BASE_LISTEN_ADDRESS_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace syspulse {

// Returns OK if the address is `HOST:PORT` with a port from 0 to 65535, or `unix:PATH`.
// InvalidArgument that names `flag` otherwise.
absl::Status CheckListenAddress(std::string_view address, std::string_view flag);

// Returns whether only this machine can connect to the address.
bool IsLoopback(std::string_view address);

// Returns the address with the port that was taken where it says 0.
std::string WithPort(std::string_view address, int port);

// Returns why the address cannot be listened on, as a sentence that names `flag`.
absl::Status ExplainBindFailure(std::string_view address, std::string_view flag);

}  // namespace syspulse

#endif  // SERVICES_BASE_LISTEN_ADDRESS_H_
