#include "services/collect/network/inet_diag.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"

namespace syspulse {
namespace {

constexpr std::size_t kBuffer = 32 << 10;  // the most that the kernel puts in a datagram
constexpr std::uint32_t kAllStates = 0xFFF;
constexpr timeval kPatience{.tv_sec = 3, .tv_usec = 0};

// The first version of the request, which the kernel takes for IPv4 and IPv6 at once. The second
// asks for one of them, and for each the kernel walks its whole table of connections, which it
// sizes by the memory of the host: most of what a dump costs where sockets are few.
struct Request {
  nlmsghdr head;
  inet_diag_req body;
};

absl::Status Refused(int error) {
  return absl::UnavailableError(
      absl::StrFormat("ask the kernel for TCP sockets: %s", std::strerror(error)));
}

absl::Status Malformed(std::string_view what) {
  return absl::DataLossError(absl::StrFormat("parse a dump of TCP sockets: %s", what));
}

// Copies a struct out of bytes that need not be aligned; false if there are not enough.
template <typename Struct>
bool CopyFrom(std::string_view bytes, Struct* to) {
  if (bytes.size() < sizeof(Struct)) return false;
  std::memcpy(to, bytes.data(), sizeof(Struct));
  return true;
}

constexpr int kHighestError = 4095;  // what the kernel may say: its MAX_ERRNO

// Returns the error that a message of type NLMSG_ERROR or NLMSG_DONE begins with; 0 is none.
int ErrorOf(std::string_view payload) {
  int error = 0;
  return CopyFrom(payload, &error) && error < 0 ? -std::max(error, -kHighestError) : 0;
}

absl::Status SendRequest(const FileDescriptor& socket) {
  Request request{};
  request.head.nlmsg_len = sizeof(request);
  request.head.nlmsg_type = TCPDIAG_GETSOCK;
  request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.body.idiag_states = kAllStates;
  const ssize_t sent = send(socket.get(), &request, sizeof(request), 0);
  return sent == static_cast<ssize_t>(sizeof(request)) ? absl::OkStatus() : Refused(errno);
}

}  // namespace

absl::StatusOr<bool> ParseInetDiag(std::string_view datagram, const SocketVisitor& visit) {
  if (datagram.empty()) return Malformed("a datagram is empty");
  while (!datagram.empty()) {
    nlmsghdr head{};
    if (!CopyFrom(datagram, &head) || head.nlmsg_len < sizeof(head) ||
        head.nlmsg_len > datagram.size()) {
      return Malformed("a message is cut");
    }
    const std::string_view payload = datagram.substr(sizeof(head), head.nlmsg_len - sizeof(head));
    if (head.nlmsg_type == NLMSG_DONE || head.nlmsg_type == NLMSG_ERROR) {
      if (const int error = ErrorOf(payload)) return Refused(error);
      if (head.nlmsg_type == NLMSG_DONE) return true;
      return Malformed("an acknowledgement that nobody asked for");
    }
    if (head.nlmsg_type == TCPDIAG_GETSOCK) {
      inet_diag_msg socket{};
      if (!CopyFrom(payload, &socket)) return Malformed("a socket is cut");
      visit(SocketLine{.state = socket.idiag_state,
                       .send_queue = socket.idiag_wqueue,
                       .receive_queue = socket.idiag_rqueue});
    }
    const std::size_t aligned = NLMSG_ALIGN(static_cast<std::size_t>(head.nlmsg_len));
    datagram.remove_prefix(std::min(aligned, datagram.size()));
  }
  return false;
}

absl::Status DumpTcpSockets(const SocketVisitor& visit) {
  const FileDescriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  if (!socket.valid()) return Refused(errno);
  setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience));
  RETURN_IF_ERROR(SendRequest(socket));
  std::vector<char> buffer(kBuffer);
  while (true) {
    // With MSG_TRUNC it returns the size that the datagram had.
    const ssize_t got = recv(socket.get(), buffer.data(), buffer.size(), MSG_TRUNC);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Refused(errno);
    const auto size = static_cast<std::size_t>(got);
    if (size > buffer.size()) return Malformed("a datagram is larger than its buffer");
    ASSIGN_OR_RETURN(const bool last, ParseInetDiag({buffer.data(), size}, visit));
    if (last) return absl::OkStatus();
  }
}

}  // namespace syspulse
