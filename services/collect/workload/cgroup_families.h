// How what is measured of a cgroup becomes cAdvisor's metrics.
#ifndef SERVICES_COLLECT_WORKLOAD_CGROUP_FAMILIES_H_
#define SERVICES_COLLECT_WORKLOAD_CGROUP_FAMILIES_H_

#include <string_view>

#include "services/collect/metric_writer.h"
#include "services/collect/workload/cgroup_stats.h"

namespace syspulse {

// A cgroup, as all of its metrics name it.
struct CgroupLabels {
  std::string_view id;    // its path
  std::string_view name;  // empty unless it is a container
};

void AddCgroupStats(const CgroupLabels& labels, const CgroupStats& stats,
                    const CgroupLimits& limits, MetricWriter* writer);
void AddCgroupLimits(const CgroupLabels& labels, const CgroupLimits& limits, MetricWriter* writer);
// `start` and `now` are seconds since the Unix epoch.
void AddCgroupTimes(const CgroupLabels& labels, double start, double now, MetricWriter* writer);
// What the path tells of who owns it; nothing for a cgroup that is nobody's.
void AddCgroupOwner(const CgroupLabels& labels, MetricWriter* writer);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_CGROUP_FAMILIES_H_
