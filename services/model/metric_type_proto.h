// Names of the types of metrics, as Prometheus and OpenMetrics have them.
#ifndef SERVICES_MODEL_METRIC_TYPE_PROTO_H_
#define SERVICES_MODEL_METRIC_TYPE_PROTO_H_

#include <string_view>

#include "syspulse/v1/metric.pb.h"

namespace syspulse {

// Returns "counter", "gaugehistogram", …; "unknown" for what has no type, which Prometheus' text
// format calls "untyped".
std::string_view MetricTypeName(v1::MetricType type);

// Returns the type of that name, METRIC_TYPE_UNTYPED for all that are none.
v1::MetricType MetricTypeNamed(std::string_view name);

// Returns whether samples of such a family have its name with that behind it, as `_bucket`.
bool IsPartOfFamily(v1::MetricType type, std::string_view suffix);

}  // namespace syspulse

#endif  // SERVICES_MODEL_METRIC_TYPE_PROTO_H_
