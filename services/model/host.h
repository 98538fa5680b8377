// A machine that an agent watches.
#ifndef SERVICES_MODEL_HOST_H_
#define SERVICES_MODEL_HOST_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace syspulse {

enum class HostState {
  kOnline,   // its agent is connected and frames arrive in time
  kStale,    // its agent is connected, but no sample came for more than three intervals
  kOffline,  // its agent is not connected
};

// How much of what an agent measured is there. Samples are frames of source `system`, of which
// every tick has one.
struct HostCompleteness {
  std::int64_t expected_samples = 0;   // since the service started, as are the next three
  std::int64_t received_samples = 0;   // each counted once
  std::int64_t late_samples = 0;       // of those that arrived: after a break
  std::int64_t duplicate_samples = 0;  // arrived again
  std::int64_t dropped_frames = 0;     // given up by the agent since it started, of all sources
  absl::Duration gap;  // of the last day, since the host's first sample: what has no sample

  bool operator==(const HostCompleteness&) const = default;
};

// An agent that says it is a host which another agent speaks for, and is refused.
struct HostConflict {
  std::string address;                      // where it called from last
  std::string hostname;                     // what its machine calls itself
  bool same_boot = false;                   // as the agent that goes on: both run on one kernel
  absl::Time first = absl::InfinitePast();  // refused
  absl::Time last = absl::InfinitePast();
  std::int64_t refusals = 0;

  bool operator==(const HostConflict&) const = default;
};

// What an agent says of its host, and what the service adds. Fields as in
// proto/syspulse/v1/host.proto.
struct Host {
  std::string id;  // DNS-safe: [a-z0-9]([a-z0-9-]*[a-z0-9])?, at most 63 bytes
  std::string hostname;
  std::string display_name;
  std::map<std::string, std::string> labels;           // the agent's, overlaid by the assigned ones
  std::map<std::string, std::string> assigned_labels;  // by UpdateHost; kept over restarts

  std::string os_name;
  std::string kernel_release;
  std::string architecture;
  int core_count = 0;
  std::int64_t memory_bytes = 0;
  absl::Time boot_time = absl::InfinitePast();  // InfinitePast = not known

  std::string agent_version;  // empty while no agent ever spoke for it
  absl::Duration sample_interval = absl::Seconds(1);
  std::string address;
  HostState state = HostState::kOffline;
  absl::Time first_seen = absl::InfinitePast();
  absl::Time last_seen = absl::InfinitePast();
  std::vector<std::string> limitations;
  std::optional<HostCompleteness> completeness;  // nothing if there never was a sample
  std::optional<absl::Duration> clock_skew;      // ahead of ours; nothing if it was never said
  std::optional<HostConflict> conflict;          // nothing if there was none lately

  bool operator==(const Host&) const = default;
};

using HostPtr = std::shared_ptr<const Host>;

// Returns whether `id` can be a host id.
bool IsHostId(std::string_view id);

// Returns whether an agent ever spoke for the host. Of others only what was pushed is known.
inline bool HasAgent(const Host& host) { return !host.agent_version.empty(); }

}  // namespace syspulse

#endif  // SERVICES_MODEL_HOST_H_
