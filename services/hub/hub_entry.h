// What the hub knows of one host. Guarded by the hub's lock.
#ifndef SERVICES_HUB_HUB_ENTRY_H_
#define SERVICES_HUB_HUB_ENTRY_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/time/time.h"
#include "services/hub/hub.h"
#include "services/model/host.h"
#include "services/model/process_table.h"

namespace syspulse {

struct Hub::Entry {
  HostPtr host;  // its last_seen may lag behind the one below
  std::map<std::string, std::string> reported_labels;
  std::string session;           // the agent's run; empty while none was heard of
  std::uint64_t connection = 0;  // 0 = not connected
  absl::Time last_seen = absl::InfinitePast();
  absl::Duration last_heard;  // monotonic time of the latest connection or frame
  std::map<std::string, FramePair, std::less<>> sources;
  ProcessTablePtr processes;

  // Whether an agent ever described the host.
  bool has_agent() const { return !session.empty() || !host->agent_version.empty(); }
};

}  // namespace syspulse

#endif  // SERVICES_HUB_HUB_ENTRY_H_
