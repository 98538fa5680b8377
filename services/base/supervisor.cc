#include "services/base/supervisor.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/log.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr timeval kPatience{.tv_sec = 1, .tv_usec = 0};  // with one that does not read

std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

// Returns 0 or errno.
int SendTo(const std::string& name, std::string_view message) {
  sockaddr_un address{.sun_family = AF_UNIX};
  if (name.size() >= sizeof(address.sun_path)) return ENAMETOOLONG;
  std::memcpy(address.sun_path, name.data(), name.size());
  if (name.front() == '@') address.sun_path[0] = '\0';  // unix(7), abstract
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  const int file = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (file < 0) return errno;
  setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof(kPatience));
  const ssize_t sent = sendto(file, message.data(), message.size(), MSG_NOSIGNAL,
                              reinterpret_cast<const sockaddr*>(&address), size);
  const int error = sent < 0 ? errno : 0;
  close(file);
  return error;
}

}  // namespace

SupervisorOptions SupervisorOfEnvironment() {
  SupervisorOptions options{.socket = Variable("NOTIFY_SOCKET")};
  const std::string pid = Variable("WATCHDOG_PID");
  if (!pid.empty() && ParseNumber<std::int64_t>(pid) != getpid()) return options;
  const auto microseconds = ParseNumber<std::int64_t>(Variable("WATCHDOG_USEC"));
  if (microseconds && *microseconds > 0) options.watchdog = absl::Microseconds(*microseconds);
  return options;
}

Supervisor::Supervisor(SupervisorOptions options, const Clock* clock)
    : options_(std::move(options)), clock_(clock) {}

void Supervisor::Ready() { Send("READY=1"); }

// MONOTONIC_USEC is what Type=notify-reload, of systemd 253 and later, tells a reload by.
void Supervisor::Reloading() {
  Send(absl::StrFormat("RELOADING=1\nMONOTONIC_USEC=%d",
                       absl::ToInt64Microseconds(clock_->Monotonic())));
}

void Supervisor::Stopping() { Send("STOPPING=1"); }

void Supervisor::Alive() {
  if (options_.watchdog != absl::InfiniteDuration()) Send("WATCHDOG=1");
}

void Supervisor::Send(std::string_view message) {
  if (options_.socket.empty()) return;
  const int error = SendTo(options_.socket, message);
  if (error == 0 || failed_.exchange(true)) return;
  LogWarning("cannot tell %s of NOTIFY_SOCKET that this runs: %s", options_.socket,
             std::strerror(error));
}

}  // namespace syspulse
