// Prometheus' rules for names.
#ifndef SERVICES_BASE_METRIC_NAME_H_
#define SERVICES_BASE_METRIC_NAME_H_

#include <string_view>

namespace syspulse {

// Returns whether a metric may have this name: [a-zA-Z_:][a-zA-Z0-9_:]*.
bool IsMetricName(std::string_view name);

// Returns whether a label may have this name: [a-zA-Z_][a-zA-Z0-9_]*.
bool IsLabelName(std::string_view name);

}  // namespace syspulse

#endif  // SERVICES_BASE_METRIC_NAME_H_
