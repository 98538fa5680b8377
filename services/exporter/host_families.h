// Frames of one or many hosts as the metric families that Prometheus reads.
//
// A page of Prometheus' may hold a family once and a series once, or it is refused whole. So the
// families of all sources and hosts are merged, and what would break the rule gives way: it must
// not be in the power of one agent to hide the others.
#ifndef SERVICES_EXPORTER_HOST_FAMILIES_H_
#define SERVICES_EXPORTER_HOST_FAMILIES_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "prometheus/metric_family.h"
#include "services/model/frame.h"

namespace syspulse {

// The latest frames of one host.
struct HostFrames {
  std::vector<FramePtr> frames;         // where a series stands twice, the first frame has it
  std::optional<std::string> instance;  // value of a label `instance` that all series get
};

// Calls `take` with each family of the hosts, by name; one at a time, because the families of a
// whole fleet take more memory than their text.
//
// Values that were not measured are left out, and families without any value. Where hosts say
// different types, the family is untyped; where the frames of one host do, the first has it. A
// host's own label `instance` becomes `exported_instance` where all series get one, as Prometheus
// itself would call it.
void ForEachFamily(const std::vector<HostFrames>& hosts,
                   const std::function<void(const prometheus::MetricFamily&)>& take);

}  // namespace syspulse

#endif  // SERVICES_EXPORTER_HOST_FAMILIES_H_
