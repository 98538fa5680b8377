// The five bytes in front of every message: gRPC-Web's frames and Connect's envelopes.
//
//   byte 0      flags: 0x01 compressed; 0x80 trailers (gRPC-Web), 0x02 end of stream (Connect)
//   bytes 1–4   length of what follows, big-endian
#ifndef WEB_GATEWAY_SERVER_FRAME_H_
#define WEB_GATEWAY_SERVER_FRAME_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace syspulse {

inline constexpr std::uint8_t kFrameCompressed = 0x01;
inline constexpr std::uint8_t kFrameConnectEnd = 0x02;
inline constexpr std::uint8_t kFrameTrailers = 0x80;
// gRPC's own default limit on a message that is received.
inline constexpr std::size_t kMaxMessageBytes = 4 << 20;

struct MessageFrame {
  std::uint8_t flags = 0;
  std::string payload;
};

// Returns a frame's bytes.
std::string EncodeFrame(std::uint8_t flags, std::string_view payload);

// Takes frames out of a stream of bytes that comes in pieces of any size.
class FrameDecoder {
 public:
  void Feed(std::string_view bytes);

  // Returns the next whole frame, nothing if more bytes are needed, ResourceExhausted if the frame
  // is longer than kMaxMessageBytes.
  absl::StatusOr<std::optional<MessageFrame>> Next();

  // Returns the bytes of a frame that wait for its rest.
  std::size_t held_bytes() const { return buffer_.size() - consumed_; }
  bool empty() const { return held_bytes() == 0; }

 private:
  std::string buffer_;
  std::size_t consumed_ = 0;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_FRAME_H_
