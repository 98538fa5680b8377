#include "tests/bench/fleet/slow_relay.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <stop_token>

#include "absl/strings/str_format.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr std::size_t kFreeBytes = 16 << 10;  // the start of HTTP/2 and the first snapshots
constexpr int kReceiveBytes = 4 << 10;        // that the kernel takes in advance, about
constexpr int kPollMs = 100;
constexpr auto kPerByte = std::chrono::seconds(1);

[[noreturn]] void Fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int fd() const { return fd_; }

  // Returns whether there is something to read, after a moment at most.
  bool Readable() const {
    pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
    return poll(&waiting, 1, kPollMs) > 0;
  }

 private:
  const int fd_;
};

sockaddr_in AddressOf(const std::string& server) {
  std::string_view rest = server;
  const std::string host(TakeUntil(&rest, ':'));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(ParseNumber<std::uint16_t>(rest).value_or(0));
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    std::fprintf(stderr, "syspulse-load: '%s' is not IPV4:PORT\n", server.c_str());
    std::exit(1);
  }
  return address;
}

// Hands on up to `most` bytes. Returns how many; zero at the end of the connection.
std::size_t Move(const Socket& from, const Socket& to, std::size_t most) {
  std::array<char, 4096> bytes;
  const ssize_t got = recv(from.fd(), bytes.data(), std::min(most, bytes.size()), 0);
  if (got <= 0 || send(to.fd(), bytes.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) != got) {
    return 0;
  }
  return static_cast<std::size_t>(got);
}

void MoveAll(const std::stop_token& stop, const Socket& from, const Socket& to) {
  while (!stop.stop_requested()) {
    if (from.Readable() && Move(from, to, SIZE_MAX) == 0) return;
  }
}

void MoveSlowly(const std::stop_token& stop, const Socket& from, const Socket& to) {
  std::size_t moved = 0;
  while (!stop.stop_requested()) {
    if (!from.Readable()) continue;
    const std::size_t now = Move(from, to, moved < kFreeBytes ? kFreeBytes : 1);
    if (now == 0) break;
    moved += now;
    if (moved >= kFreeBytes) std::this_thread::sleep_for(kPerByte);
  }
  shutdown(to.fd(), SHUT_RDWR);  // the other side learns of the end
}

void Relay(const std::stop_token& stop, const Socket& listener, const sockaddr_in& server) {
  while (!stop.stop_requested() && !listener.Readable()) continue;
  if (stop.stop_requested()) return;
  const Socket client(accept(listener.fd(), nullptr, nullptr));
  const Socket service(socket(AF_INET, SOCK_STREAM, 0));
  setsockopt(service.fd(), SOL_SOCKET, SO_RCVBUF, &kReceiveBytes, sizeof(kReceiveBytes));
  if (connect(service.fd(), reinterpret_cast<const sockaddr*>(&server), sizeof(server)) != 0) {
    Fail("syspulse-load: connect for the slow reader");
  }
  const std::jthread up([&](const std::stop_token& own) { MoveAll(own, client, service); });
  MoveSlowly(stop, service, client);
}

}  // namespace

SlowRelay::SlowRelay(const std::string& server) {
  const sockaddr_in target = AddressOf(server);
  sockaddr_in own = AddressOf("127.0.0.1:0");
  socklen_t size = sizeof(own);
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&own), size) != 0 ||
      listen(listener, 1) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&own), &size) != 0) {
    Fail("syspulse-load: listen for the slow reader");
  }
  address_ = absl::StrFormat("127.0.0.1:%d", ntohs(own.sin_port));
  thread_ = std::jthread(
      [listener, target](const std::stop_token& stop) { Relay(stop, Socket(listener), target); });
}

}  // namespace syspulse
