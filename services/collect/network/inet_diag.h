// Asks the kernel for its TCP sockets in binary, sock_diag(7): a tenth of the cost of the text in
// /proc/net/tcp.
//
// A dump of a million sockets is some 100 MB. It is taken in pieces of one buffer, each of which is
// counted and forgotten.
#ifndef SERVICES_COLLECT_NETWORK_INET_DIAG_H_
#define SERVICES_COLLECT_NETWORK_INET_DIAG_H_

#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/collect/network/socket_line.h"

namespace syspulse {

using SocketVisitor = std::function<void(const SocketLine& socket)>;

// Passes the sockets in a datagram of a dump to `visit`. Returns whether the dump ends with it.
// DataLoss if it is cut or not what the kernel sends, and what errno of the kernel's message says
// if it refuses.
absl::StatusOr<bool> ParseInetDiag(std::string_view datagram, const SocketVisitor& visit);

// Passes all TCP sockets of this network namespace, of IPv4 and IPv6, to `visit`. Unavailable if
// the kernel cannot say, as without its module tcp_diag; what was visited until then must not be
// used.
absl::Status DumpTcpSockets(const SocketVisitor& visit);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_NETWORK_INET_DIAG_H_
