#include "clients/cpp/status.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/str_format.h"

namespace syspulse {
namespace {

// Texts that gRPC's core gives UNAVAILABLE when it found no service at all …
constexpr std::array<std::string_view, 5> kNotReached = {
    "failed to connect to all addresses", "connections to all backends failing",
    "DNS resolution failed", "empty address list", "Name resolution failed"};

// … and when a connection that stood was lost.
constexpr std::array<std::string_view, 10> kLost = {
    "Socket closed",       "recvmsg:",       "Connection reset",
    "Broken pipe",         "GOAWAY",         "keepalive watchdog",
    "Endpoint closing",    "Stream removed", "RST_STREAM",
    "Cancelling all calls"};

// What the core says when the deadline of a call passes.
constexpr std::string_view kDeadlinePassed = "Deadline Exceeded";

template <std::size_t kCount>
bool ContainsOne(std::string_view text, const std::array<std::string_view, kCount>& parts) {
  return std::ranges::any_of(
      parts, [&](std::string_view part) { return text.find(part) != std::string_view::npos; });
}

constexpr std::array<std::string_view, 2> kOtherProtocol = {"http1.x server",
                                                            "Received http2 header with status: "};

// Of the status that FromGrpc makes, where nobody was there.
constexpr const char* kNobodyThere = "syspulse.v1/nobody-there";

bool FoundNobody(const grpc::Status& status) {
  const std::string message = status.error_message();
  if (ContainsOne(message, kOtherProtocol)) return true;
  return status.error_code() == grpc::StatusCode::UNAVAILABLE && ContainsOne(message, kNotReached);
}

std::string Unavailable(std::string_view message, std::string_view server) {
  if (message.find("DNS resolution failed") != std::string_view::npos ||
      message.find("Name resolution failed") != std::string_view::npos) {
    return absl::StrFormat("cannot reach syspulsed at %s: the name is not known", server);
  }
  if (ContainsOne(message, kNotReached)) {
    return absl::StrFormat("cannot reach syspulsed at %s: is it running? (services/up starts it)",
                           server);
  }
  if (message.empty() || ContainsOne(message, kLost)) {
    return absl::StrFormat("lost the connection to syspulsed at %s", server);
  }
  return std::string(message);
}

}  // namespace

absl::Status FromGrpc(const grpc::Status& status, std::string_view server) {
  if (status.ok()) return absl::OkStatus();
  std::string message = status.error_message();
  if (ContainsOne(message, kOtherProtocol)) {
    absl::Status made = absl::UnavailableError(absl::StrFormat(
        "what listens at %s does not speak gRPC: is that the gateway's port?", server));
    made.SetPayload(kNobodyThere, absl::Cord());
    return made;
  }
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
      message = Unavailable(message, server);
      break;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      // The service has words of its own for a query that takes too long.
      if (message.empty() || message == kDeadlinePassed) {
        message = absl::StrFormat("syspulsed at %s did not answer in time", server);
      }
      break;
    case grpc::StatusCode::UNIMPLEMENTED:
      if (message.empty()) {
        message = absl::StrFormat("syspulsed at %s does not know this call: is it older?", server);
      }
      break;
    default:
      break;
  }
  absl::Status made(static_cast<absl::StatusCode>(status.error_code()), message);
  if (FoundNobody(status)) made.SetPayload(kNobodyThere, absl::Cord());
  return made;
}

bool IsNobodyThere(const absl::Status& status) {
  return status.GetPayload(kNobodyThere).has_value();
}

bool IsTransportFailure(const grpc::Status& status) {
  if (status.error_code() != grpc::StatusCode::UNAVAILABLE) return false;
  const std::string message = status.error_message();
  return message.empty() || ContainsOne(message, kNotReached) || ContainsOne(message, kLost);
}

bool IsTransient(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kInternal:  // a stream that a proxy or a crash tore off
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kCancelled:
      return true;
    default:
      return false;
  }
}

}  // namespace syspulse
