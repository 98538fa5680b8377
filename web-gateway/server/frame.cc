#include "web-gateway/server/frame.h"

#include "absl/strings/str_format.h"

namespace syspulse {
namespace {

constexpr std::size_t kHeaderBytes = 5;

}  // namespace

std::string EncodeFrame(std::uint8_t flags, std::string_view payload) {
  std::string frame;
  frame.reserve(kHeaderBytes + payload.size());
  frame.push_back(static_cast<char>(flags));
  for (int shift = 24; shift >= 0; shift -= 8) {
    frame.push_back(static_cast<char>(payload.size() >> shift & 0xff));
  }
  frame.append(payload);
  return frame;
}

// What was taken goes once it is most of what is held: else a stream whose frames never end where
// pieces do would be kept from its beginning on.
void FrameDecoder::Feed(std::string_view bytes) {
  if (consumed_ > buffer_.size() / 2) {
    buffer_.erase(0, consumed_);
    consumed_ = 0;
  }
  buffer_.append(bytes);
}

absl::StatusOr<std::optional<MessageFrame>> FrameDecoder::Next() {
  const std::string_view rest = std::string_view(buffer_).substr(consumed_);
  if (rest.size() < kHeaderBytes) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = 1; i < kHeaderBytes; ++i) {
    length = length << 8 | static_cast<unsigned char>(rest[i]);
  }
  if (length > kMaxMessageBytes) {
    return absl::ResourceExhaustedError(absl::StrFormat(
        "a message of %d bytes is too long; the limit is %d bytes", length, kMaxMessageBytes));
  }
  if (rest.size() < kHeaderBytes + length) return std::nullopt;
  MessageFrame frame{.flags = static_cast<std::uint8_t>(rest[0]),
                     .payload = std::string(rest.substr(kHeaderBytes, length))};
  consumed_ += kHeaderBytes + length;
  if (consumed_ == buffer_.size()) {
    buffer_.clear();
    consumed_ = 0;
  }
  return frame;
}

}  // namespace syspulse
