// What Prometheus calls hosts.
#ifndef SERVICES_MODEL_INSTANCE_NAMES_H_
#define SERVICES_MODEL_INSTANCE_NAMES_H_

#include <map>
#include <string>
#include <vector>

#include "services/model/host.h"

namespace syspulse {

// Returns the value of the label `instance` of each host, by id: its hostname, or, where several
// hosts share that, `{hostname}/{id}`. Only agents know what their host is called: one that has an
// agent shares its hostname with no host that has none. No two are the same.
std::map<std::string, std::string> InstancesOf(const std::vector<HostPtr>& hosts);

}  // namespace syspulse

#endif  // SERVICES_MODEL_INSTANCE_NAMES_H_
