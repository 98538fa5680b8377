// Base64 in all the forms that gRPC-Web, Connect and binary metadata use; see RFC 4648.
#ifndef WEB_GATEWAY_SERVER_BASE64_H_
#define WEB_GATEWAY_SERVER_BASE64_H_

#include <optional>
#include <string>
#include <string_view>

namespace syspulse {

// Returns `bytes` in the standard alphabet, with padding unless told otherwise.
std::string EncodeBase64(std::string_view bytes, bool padding = true);

// Returns the bytes of a text in the standard or the URL alphabet, padded or not. Returns nothing
// if a character is foreign or the length cannot be.
std::optional<std::string> DecodeBase64(std::string_view text);

// Decodes a text that comes in pieces, such as the body of a gRPC-Web text request. Padding may
// stand in the middle: each message may have been encoded by itself.
class Base64Decoder {
 public:
  // Returns the bytes that are complete with `text`, or nothing if it is not base64.
  std::optional<std::string> Feed(std::string_view text);

  // Whether no half group is waiting for its other characters.
  bool complete() const { return pending_.empty(); }

 private:
  std::string pending_;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_BASE64_H_
