#include "web-gateway/server/metadata.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "absl/strings/str_format.h"
#include "web-gateway/server/base64.h"

namespace syspulse {
namespace {

constexpr std::array<std::string_view, 33> kNotMetadata = {"accept",
                                                           "age",
                                                           "alt-svc",
                                                           "cache-control",
                                                           "connection",
                                                           "cookie",
                                                           "date",
                                                           "dnt",
                                                           "expect",
                                                           "forwarded",
                                                           "from",
                                                           "host",
                                                           "http2-settings",
                                                           "keep-alive",
                                                           "origin",
                                                           "pragma",
                                                           "priority",
                                                           "range",
                                                           "referer",
                                                           "referrer-policy",
                                                           "server",
                                                           "set-cookie",
                                                           "te",
                                                           "trailer",
                                                           "transfer-encoding",
                                                           "upgrade",
                                                           "upgrade-insecure-requests",
                                                           "user-agent",
                                                           "vary",
                                                           "via",
                                                           "x-grpc-web",
                                                           "x-user-agent",
                                                           "x-real-ip"};

// Names that HTTP, browsers and the translated protocols own whole. The answer's own security
// headers are among them: the service behind must not loosen them.
constexpr std::array<std::string_view, 14> kNotMetadataPrefixes = {":",
                                                                   "accept-",
                                                                   "access-control-",
                                                                   "connect-",
                                                                   "content-",
                                                                   "cross-origin-",
                                                                   "grpc-",
                                                                   "if-",
                                                                   "proxy-",
                                                                   "sec-",
                                                                   "trailer-",
                                                                   "x-content-",
                                                                   "x-forwarded-",
                                                                   "x-frame-"};

bool IsMetadataKey(std::string_view key) {
  if (key.empty() ||
      std::find(kNotMetadata.begin(), kNotMetadata.end(), key) != kNotMetadata.end()) {
    return false;
  }
  for (const std::string_view prefix : kNotMetadataPrefixes) {
    if (key.starts_with(prefix)) return false;
  }
  return std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

bool IsPrintable(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

}  // namespace

absl::StatusOr<Metadata> ToMetadata(const HeaderList& headers) {
  Metadata metadata;
  std::size_t bytes = 0;
  for (const auto& [key, value] : headers) {
    if (!IsMetadataKey(key)) continue;
    bytes += key.size() + value.size() + 32;  // 32: what HPACK counts for each entry
    if (bytes > kMaxMetadataBytes) {
      return absl::ResourceExhaustedError(
          absl::StrFormat("the headers hold more than %d bytes of metadata", kMaxMetadataBytes));
    }
    if (!key.ends_with("-bin")) {
      if (!IsPrintable(value)) {
        return absl::InvalidArgumentError(
            absl::StrFormat("header '%s' holds characters other than printable ASCII", key));
      }
      metadata.emplace_back(key, value);
      continue;
    }
    auto decoded = DecodeBase64(value);
    if (!decoded) {
      return absl::InvalidArgumentError(
          absl::StrFormat("header '%s' ends in -bin and is not base64", key));
    }
    metadata.emplace_back(key, std::move(*decoded));
  }
  return metadata;
}

HeaderList ToHeaders(const Metadata& metadata, std::string_view prefix) {
  HeaderList headers;
  for (const auto& [key, value] : metadata) {
    if (!IsMetadataKey(key)) continue;
    const bool binary = key.ends_with("-bin");
    if (!binary && !IsPrintable(value)) continue;
    headers.emplace_back(std::string(prefix) + key, binary ? EncodeBase64(value, false) : value);
  }
  return headers;
}

}  // namespace syspulse
