// What of the agent's settings can change while it runs.
//
// Reading them again must not cost a tick or a sample, so what decides where samples wait, which
// files are read at all and who scrapes stays as it was at the start; that is said, flag by flag.
#ifndef SERVICES_AGENT_RELOAD_H_
#define SERVICES_AGENT_RELOAD_H_

#include <string>
#include <vector>

#include "services/agent/options.h"

namespace syspulse {

struct ReloadPlan {
  AgentOptions options;              // what holds from now on
  std::vector<std::string> applied;  // flags that changed
  std::vector<std::string> refused;  // sentences on those that need a restart
  bool log = false;                  // what of the agent has to follow
  bool sampler = false;
  bool stream = false;
};

// Returns how to get from the options that hold to those that were read `again`.
ReloadPlan PlanReload(const AgentOptions& options, const AgentOptions& again);

}  // namespace syspulse

#endif  // SERVICES_AGENT_RELOAD_H_
