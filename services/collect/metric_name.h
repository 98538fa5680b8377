// Names of metrics out of what the kernel calls something.
#ifndef SERVICES_COLLECT_METRIC_NAME_H_
#define SERVICES_COLLECT_METRIC_NAME_H_

#include <string>
#include <string_view>

namespace syspulse {

// Returns `name` as a part of a metric's name: runs of what may not stand there, with underscores
// around them, become one underscore.
std::string SanitizeMetricName(std::string_view name);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_METRIC_NAME_H_
