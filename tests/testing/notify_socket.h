// What systemd listens on, in a test: keeps what a program says of itself; see sd_notify(3).
#ifndef TESTS_TESTING_NOTIFY_SOCKET_H_
#define TESTS_TESTING_NOTIFY_SOCKET_H_

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

namespace syspulse {

// Confined to one thread.
class NotifySocket {
 public:
  // `name` is a path, or stands behind @; no longer than unix(7) allows.
  explicit NotifySocket(const std::string& name) : name_(name) {
    sockaddr_un address{.sun_family = AF_UNIX};
    if (name.size() >= sizeof(address.sun_path)) std::abort();
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name.front() == '@') address.sun_path[0] = '\0';
    file_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    if (bind(file_, reinterpret_cast<const sockaddr*>(&address), size) != 0) std::abort();
  }
  ~NotifySocket() {
    close(file_);
    if (name_.front() != '@') unlink(name_.c_str());
  }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  // Returns the next message, or nothing if none comes within `patience`.
  std::optional<std::string> Next(std::chrono::milliseconds patience) {
    pollfd one{.fd = file_, .events = POLLIN, .revents = 0};
    if (poll(&one, 1, static_cast<int>(patience.count())) <= 0) return std::nullopt;
    char buffer[4096];
    const ssize_t size = recv(file_, buffer, sizeof(buffer), 0);
    if (size < 0) return std::nullopt;
    return std::string(buffer, static_cast<std::size_t>(size));
  }

  // Waits, 20 s at most, for a message that begins so, and returns it.
  std::optional<std::string> WaitFor(const std::string& begin) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < deadline) {
      const auto message = Next(std::chrono::milliseconds(100));
      if (message && message->starts_with(begin)) return message;
    }
    return std::nullopt;
  }

 private:
  const std::string name_;
  int file_ = -1;
};

}  // namespace syspulse

#endif  // TESTS_TESTING_NOTIFY_SOCKET_H_
