#include "services/collect/network/socket_line.h"

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr int kFieldsBehindQueues = 5;  // timer, retransmits, uid, timeout, inode

}  // namespace

std::optional<SocketLine> ParseSocketLine(std::string_view line) {
  const std::string_view slot = TakeField(&line);
  const std::string_view local = TakeField(&line);
  const std::string_view remote = TakeField(&line);
  if (!slot.ends_with(':') || local.find(':') == local.npos || remote.find(':') == remote.npos) {
    return std::nullopt;
  }
  const auto state = ParseHex<std::uint8_t>(TakeField(&line));
  std::string_view queues = TakeField(&line);
  const auto send = ParseHex<std::uint64_t>(TakeUntil(&queues, ':'));
  const auto receive = ParseHex<std::uint64_t>(queues);
  if (!state || !send || !receive) return std::nullopt;
  for (int i = 0; i < kFieldsBehindQueues; ++i) {
    if (TakeField(&line).empty()) return std::nullopt;
  }
  return SocketLine{.state = *state, .send_queue = *send, .receive_queue = *receive};
}

absl::Status ReadSockets(ProcFile* file,
                         const std::function<void(const SocketLine& socket)>& visit) {
  bool has_heads = false;
  RETURN_IF_ERROR(file->ReadLines([&](std::string_view line) {
    if (!has_heads) {
      has_heads = true;
      return Trim(line).starts_with("sl ") ? absl::OkStatus() : BadLine(file->path(), line);
    }
    const std::optional<SocketLine> socket = ParseSocketLine(line);
    if (!socket) return BadLine(file->path(), line);
    visit(*socket);
    return absl::OkStatus();
  }));
  return has_heads ? absl::OkStatus() : CheckWholeLines("", file->path());
}

}  // namespace syspulse
