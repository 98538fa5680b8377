#include "services/model/host.h"

#include <algorithm>
#include <cstddef>

namespace syspulse {
namespace {

constexpr std::size_t kLongestLabel = 63;  // RFC 1035, section 2.3.4

}  // namespace

bool IsHostId(std::string_view id) {
  return !id.empty() && id.size() <= kLongestLabel && id.front() != '-' && id.back() != '-' &&
         std::ranges::all_of(id, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

}  // namespace syspulse
