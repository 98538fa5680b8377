// Names of things in the API: `hosts/{host}`, `hosts/{host}/processes/{pid}`, `metrics/{metric}`.
#ifndef SERVICES_MODEL_RESOURCE_NAME_H_
#define SERVICES_MODEL_RESOURCE_NAME_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace syspulse {

// Returns `hosts/{id}`.
std::string HostName(std::string_view id);

// Returns `hosts/{id}/processes/{pid}`.
std::string ProcessName(std::string_view host_id, std::int32_t pid);

// Returns `metrics/{family}`.
std::string MetricName(std::string_view family);

// Returns what stands behind `hosts/`, or `name` itself where it has no such prefix: callers may
// leave it out.
std::string_view HostIdOf(std::string_view name);

}  // namespace syspulse

#endif  // SERVICES_MODEL_RESOURCE_NAME_H_
