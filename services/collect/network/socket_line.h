// A socket's line in /proc/net/tcp, tcp6, udp and udp6, proc(5).
#ifndef SERVICES_COLLECT_NETWORK_SOCKET_LINE_H_
#define SERVICES_COLLECT_NETWORK_SOCKET_LINE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "services/collect/procfs.h"

namespace syspulse {

struct SocketLine {
  std::uint8_t state = 0;           // such as 1, TCP_ESTABLISHED; include/net/tcp_states.h
  std::uint64_t send_queue = 0;     // bytes
  std::uint64_t receive_queue = 0;  // bytes; of a listening socket connections

  bool operator==(const SocketLine&) const = default;
};

// Returns what a line behind the heads says; nothing if it is not one.
std::optional<SocketLine> ParseSocketLine(std::string_view line);

// Passes each socket of the file to `visit`. DataLoss if a line is not one, or the file is cut or
// empty; what was visited until then must not be used. Else the errors of ProcFile::Read.
absl::Status ReadSockets(ProcFile* file,
                         const std::function<void(const SocketLine& socket)>& visit);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_NETWORK_SOCKET_LINE_H_
