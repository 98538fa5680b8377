#include "web-gateway/server/base64.h"

#include <cstdint>

namespace syspulse {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Returns the six bits of a character, or -1.
int SixBits(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

// Appends the bytes of 2 to 4 characters without padding. Returns false if they are not base64.
bool DecodeGroup(std::string_view group, std::string* bytes) {
  std::uint32_t bits = 0;
  for (const char c : group) {
    const int six = SixBits(c);
    if (six < 0) return false;
    bits = bits << 6 | static_cast<std::uint32_t>(six);
  }
  bits <<= 6 * (4 - group.size());
  for (std::size_t i = 0; i + 1 < group.size(); ++i) {
    bytes->push_back(static_cast<char>(bits >> (16 - 8 * i) & 0xff));
  }
  return true;
}

}  // namespace

std::string EncodeBase64(std::string_view bytes, bool padding) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view group = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      bits = bits << 8 | (j < group.size() ? static_cast<unsigned char>(group[j]) : 0u);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      if (j <= group.size()) {
        text.push_back(kAlphabet[bits >> (18 - 6 * j) & 0x3f]);
      } else if (padding) {
        text.push_back('=');
      }
    }
  }
  return text;
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    if (!DecodeGroup(text.substr(i, 4), &bytes)) return std::nullopt;
  }
  return bytes;
}

std::optional<std::string> Base64Decoder::Feed(std::string_view text) {
  std::string bytes;
  for (const char c : text) {
    if (c == '\r' || c == '\n') continue;
    pending_.push_back(c);
    if (pending_.size() < 4) continue;
    std::string_view group = pending_;
    for (int i = 0; i < 2 && group.ends_with('='); ++i) group.remove_suffix(1);
    if (!DecodeGroup(group, &bytes)) return std::nullopt;
    pending_.clear();
  }
  return bytes;
}

}  // namespace syspulse
