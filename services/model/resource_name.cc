#include "services/model/resource_name.h"

#include "absl/strings/str_format.h"

namespace syspulse {
namespace {

constexpr std::string_view kHosts = "hosts/";

}  // namespace

std::string HostName(std::string_view id) { return absl::StrFormat("hosts/%s", id); }

std::string ProcessName(std::string_view host_id, std::int32_t pid) {
  return absl::StrFormat("hosts/%s/processes/%d", host_id, pid);
}

std::string MetricName(std::string_view family) { return absl::StrFormat("metrics/%s", family); }

std::string_view HostIdOf(std::string_view name) {
  return name.starts_with(kHosts) ? name.substr(kHosts.size()) : name;
}

}  // namespace syspulse
