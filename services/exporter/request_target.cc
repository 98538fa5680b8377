#include "services/exporter/request_target.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "services/base/text.h"

namespace syspulse {

std::optional<std::string> FromPercentEncoding(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    const auto byte = ParseHex<std::uint8_t>(digits);
    if (digits.size() != 2 || !byte) return std::nullopt;
    decoded += static_cast<char>(*byte);
    i += 2;
  }
  return decoded;
}

std::optional<RequestTarget> ParseRequestTarget(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!ToLower(target.substr(0, scheme.size())).starts_with(scheme)) continue;
    target.remove_prefix(scheme.size());
    if (target.empty() || target.front() == '/') return std::nullopt;  // nobody is asked
    target.remove_prefix(std::min(target.find_first_of("/?"), target.size()));
    if (!target.starts_with('/')) {
      return RequestTarget{.path = "/",
                           .query = std::string(target.substr(target.empty() ? 0 : 1))};
    }
    break;
  }
  if (!target.starts_with('/')) return std::nullopt;
  std::optional<std::string> path = FromPercentEncoding(TakeUntil(&target, '?'));
  if (!path) return std::nullopt;
  return RequestTarget{.path = *std::move(path), .query = std::string(target)};
}

}  // namespace syspulse
