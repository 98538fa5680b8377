// What a process of ours uses, by the names that all Prometheus client libraries use.
#ifndef SERVICES_EXPORTER_PROCESS_FAMILIES_H_
#define SERVICES_EXPORTER_PROCESS_FAMILIES_H_

#include <vector>

#include "prometheus/metric_family.h"
#include "services/exporter/process_stats.h"

namespace syspulse {

// Returns families of one series each, such as process_open_fds.
std::vector<prometheus::MetricFamily> ProcessFamilies(const ProcessStats& stats);

}  // namespace syspulse

#endif  // SERVICES_EXPORTER_PROCESS_FAMILIES_H_
