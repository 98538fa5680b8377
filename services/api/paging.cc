#include "services/api/paging.h"

#include <algorithm>
#include <functional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"

namespace syspulse {
namespace {

// A hash and the longest position there is: a series, twice its labels of up to 64 KiB.
constexpr std::size_t kLongestToken = 256 << 10;
constexpr std::size_t kHashLength = 16;  // hexadecimal digits of 64 bits

std::string HashOf(const google::protobuf::Message& arguments) {
  const std::string text = arguments.GetTypeName() + '\n' + arguments.SerializeAsString();
  return absl::StrFormat("%016x", std::hash<std::string>()(text));
}

}  // namespace

absl::StatusOr<std::size_t> PageSize(std::int32_t requested, PageLimits limits) {
  if (requested < 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("page_size is %d; it is 0 or more", requested));
  }
  const std::int32_t size = requested == 0 ? limits.default_size : requested;
  return static_cast<std::size_t>(std::min(size, limits.max_size));
}

std::string MakePageToken(const google::protobuf::Message& arguments, std::string_view position) {
  return absl::WebSafeBase64Escape(HashOf(arguments) + std::string(position));
}

absl::StatusOr<std::string> ParsePageToken(const google::protobuf::Message& arguments,
                                           const std::string& token) {
  if (token.empty()) return std::string();
  std::string text;
  if (token.size() > kLongestToken || !absl::WebSafeBase64Unescape(token, &text) ||
      text.size() < kHashLength || text.substr(0, kHashLength) != HashOf(arguments)) {
    return absl::InvalidArgumentError(
        "page_token does not belong to this request; use the next_page_token of a request with "
        "the same arguments");
  }
  return text.substr(kHashLength);
}

}  // namespace syspulse
