// What the hub knows of one host. Guarded by the hub's lock.
#ifndef SERVICES_HUB_HUB_ENTRY_H_
#define SERVICES_HUB_HUB_ENTRY_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "services/hub/completeness.h"
#include "services/hub/hub.h"
#include "services/model/host.h"
#include "services/model/process_table.h"

namespace syspulse {

// A clock that is further ahead of ours than this is wrong, not merely unsynchronised.
inline constexpr absl::Duration kBelievableLead = absl::Minutes(1);

// Returns how long an agent may be silent.
absl::Duration PatienceOf(const Host& host);

struct Hub::Entry {
  HostPtr host;  // its last_seen may lag behind the one below
  std::map<std::string, std::string> reported_labels;
  std::string session;           // the agent's run; empty while none was heard of
  std::uint64_t connection = 0;  // 0 = not connected
  absl::Time last_seen = absl::InfinitePast();
  absl::Duration last_heard;  // monotonic time of the latest connection or frame
  std::map<std::string, FramePair, std::less<>> sources;
  ProcessTablePtr processes;

  Completeness completeness;                  // of samples
  std::optional<absl::Duration> last_sample;  // monotonic time of the latest that was not late
  std::int64_t dropped_frames = 0;            // that the agent says it gave up
  absl::Duration told_gap;                    // that sinks know of
  std::optional<absl::Duration> gap_told_at;  // monotonic

  // Whether an agent ever described the host.
  bool has_agent() const { return !session.empty() || !host->agent_version.empty(); }
};

}  // namespace syspulse

#endif  // SERVICES_HUB_HUB_ENTRY_H_
