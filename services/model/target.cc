#include "services/model/target.h"

#include "absl/strings/str_format.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr char kTargetMark = '~';  // sorts behind all that an agent's host id begins with

}  // namespace

std::string TargetHostId(const Target& target) {
  return absl::StrFormat("%c%d:%s%s", kTargetMark, target.job.size(), target.job, target.instance);
}

std::optional<Target> TargetOf(std::string_view host_id) {
  if (!host_id.starts_with(kTargetMark)) return std::nullopt;
  host_id.remove_prefix(1);
  const std::size_t colon = host_id.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto size = ParseNumber<std::size_t>(host_id.substr(0, colon));
  host_id.remove_prefix(colon + 1);
  if (!size || *size > host_id.size()) return std::nullopt;
  return Target{.job = host_id.substr(0, *size), .instance = host_id.substr(*size)};
}

}  // namespace syspulse
