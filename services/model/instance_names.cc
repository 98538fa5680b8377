#include "services/model/instance_names.h"

#include <set>

namespace syspulse {
namespace {

struct Claims {
  int agents = 0;
  int others = 0;  // hosts of which nothing is known but what was pushed
};

}  // namespace

std::map<std::string, std::string> InstancesOf(const std::vector<HostPtr>& hosts) {
  std::map<std::string, Claims> claims;  // on each hostname
  for (const HostPtr& host : hosts) {
    Claims& all = claims[host->hostname];
    ++(HasAgent(*host) ? all.agents : all.others);
  }
  std::map<std::string, std::string> instances;
  std::set<std::string> taken;
  for (const HostPtr& host : hosts) {
    const Claims& all = claims[host->hostname];
    if (HasAgent(*host) ? all.agents == 1 : all.agents == 0 && all.others == 1) {
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
