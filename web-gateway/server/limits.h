// What one client may take of the gateway, each with its reason.
#ifndef WEB_GATEWAY_SERVER_LIMITS_H_
#define WEB_GATEWAY_SERVER_LIMITS_H_

#include <chrono>
#include <cstddef>

namespace syspulse {

// Request line and headers. Browsers stay below 8 KiB; gRPC takes 8 KiB of metadata.
inline constexpr std::size_t kMaxHeadBytes = 16 << 10;
// A body: one message of gRPC's own default limit, in base64 (a third more) with its frame.
inline constexpr std::size_t kMaxBodyBytes = 4 << 20;
// One message of the service's, which bounds what it answers to 64 MiB and labels. It is here twice
// for a moment, as bytes and as values; the JSON, three times as much, is made piece by piece.
inline constexpr std::size_t kMaxAnswerBytes = 128 << 20;
// Calls at once on one HTTP/2 connection; each may hold a message that is not complete yet.
inline constexpr std::size_t kMaxStreams = 32;
// Calls that a client opened on one HTTP/2 connection only to reset them (CVE-2023-44487). One that
// resets more than this, and more than half of what it opens, is cut off.
inline constexpr std::size_t kMaxResets = 200;
// After the system ran out of descriptors, before the next attempt to accept.
inline constexpr std::chrono::milliseconds kAcceptPause(100);

// After the gateway was told to stop, for clients to read the end of their streams.
inline constexpr std::chrono::milliseconds kStopGrace(1000);

// What tests reach in less time or number.
struct ConnectionLimits {
  // Connections at once; a browser has six, a Prometheus one. Each costs about 20 KB.
  std::size_t connections = 1024;
  // Of the bodies of all requests at once, which are otherwise bounded one by one: sixteen as large
  // as may be, or thousands of an ordinary size.
  std::size_t body_bytes = 64 << 20;
  // From a request's first byte to the end of its head: no honest client needs longer, and those
  // who send a byte now and then to hold a connection (slowloris) lose it.
  std::chrono::milliseconds head_timeout = std::chrono::seconds(10);
  // From the head to the end of the body: 4 MiB at 70 KB/s.
  std::chrono::milliseconds body_timeout = std::chrono::seconds(60);
  // Between two requests of a connection; longer than a browser's own pause between polls.
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(75);
  // For one piece of an answer to leave: a reader that takes none of it for so long is gone or
  // stuck.
  std::chrono::milliseconds write_timeout = std::chrono::seconds(60);
  // After a refusal, for the client to read it before the connection is cut.
  std::chrono::milliseconds linger_timeout = std::chrono::seconds(2);
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_LIMITS_H_
