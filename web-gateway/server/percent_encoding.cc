#include "web-gateway/server/percent_encoding.h"

#include <algorithm>

#include "services/base/text.h"

namespace syspulse {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<std::string> PercentDecode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = HexDigit(text[i + 1]);
    const int low = HexDigit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded.push_back(static_cast<char>(high << 4 | low));
    i += 2;
  }
  return decoded;
}

std::optional<std::vector<std::pair<std::string, std::string>>> ParseQuery(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    std::string_view pair = TakeUntil(&query, '&');
    if (pair.empty()) continue;
    std::string parts[2] = {std::string(TakeUntil(&pair, '=')), std::string(pair)};
    for (std::string& part : parts) {
      std::replace(part.begin(), part.end(), '+', ' ');
      auto decoded = PercentDecode(part);
      if (!decoded) return std::nullopt;
      part = std::move(*decoded);
    }
    parameters.emplace_back(std::move(parts[0]), std::move(parts[1]));
  }
  return parameters;
}

std::string EncodeGrpcMessage(std::string_view message) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(message.size());
  for (const char c : message) {
    if (c >= 0x20 && c <= 0x7e && c != '%') {
      encoded.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded.push_back('%');
    encoded.push_back(kHex[byte >> 4]);
    encoded.push_back(kHex[byte & 0xf]);
  }
  return encoded;
}

}  // namespace syspulse
