#include "services/model/instance_names.h"

#include <set>

namespace syspulse {

std::map<std::string, std::string> InstancesOf(const std::vector<HostPtr>& hosts) {
  std::map<std::string, int> count;
  for (const HostPtr& host : hosts) ++count[host->hostname];
  std::map<std::string, std::string> instances;
  std::set<std::string> taken;
  for (const HostPtr& host : hosts) {
    if (count[host->hostname] == 1) {
      instances[host->id] = *taken.insert(host->hostname).first;
    }
  }
  for (const HostPtr& host : hosts) {
    if (instances.contains(host->id)) continue;
    std::string instance = host->hostname + "/" + host->id;
    while (!taken.insert(instance).second) instance += "/" + host->id;
    instances[host->id] = instance;
  }
  return instances;
}

}  // namespace syspulse
