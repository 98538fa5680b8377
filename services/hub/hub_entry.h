// What the hub knows of one host. Guarded by the hub's lock.
#ifndef SERVICES_HUB_HUB_ENTRY_H_
#define SERVICES_HUB_HUB_ENTRY_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "absl/time/time.h"
#include "services/hub/agent_clock.h"
#include "services/hub/completeness.h"
#include "services/hub/custom_parts.h"
#include "services/hub/hub.h"
#include "services/model/host.h"
#include "services/model/process_table.h"

namespace syspulse {

// A clock that is further ahead of ours than this is wrong, not merely unsynchronised.
inline constexpr absl::Duration kBelievableLead = absl::Minutes(1);

// Lays the assigned labels over those that the agent reported.
void OverlayLabels(Host* host, const std::map<std::string, std::string>& reported);

// Returns how long an agent may be silent.
absl::Duration PatienceOf(const Host& host);

// What sinks are told of now and then, rather than at each change.
struct Told {
  absl::Duration gap;
  absl::Duration skew;
  std::optional<HostConflict> conflict;
};

// A time in which another agent spoke for a host than the one that does now, by its samples.
struct SpokenFor {
  absl::Time after = absl::InfinitePast();
  absl::Time until = absl::InfinitePast();

  bool Contains(absl::Time time) const { return time > after && time <= until; }
};

struct Hub::Entry {
  HostPtr host;  // its last_seen may lag behind the one below
  std::map<std::string, std::string> reported_labels;
  std::string session;           // the agent's run; empty while none was heard of
  std::string boot_id;           // of its machine's kernel; empty if that is not known
  std::uint64_t connection = 0;  // 0 = not connected
  absl::Time last_seen = absl::InfinitePast();
  absl::Duration last_heard;  // monotonic time of the latest connection or sample
  std::map<std::string, FramePair, std::less<>> sources;
  CustomParts custom_parts;
  // Sources that begin anew: their next frame is the latest, whatever its time, and has no rate.
  std::set<std::string, std::less<>> begin_anew;
  ProcessTablePtr processes;
  bool processes_begin_anew = false;
  // The two newest of a source, interim ones among them, since it had one.
  std::map<std::string, FramePair, std::less<>> interim;
  ProcessTablePtr interim_processes;

  Completeness completeness;                  // of samples
  std::optional<absl::Duration> last_sample;  // monotonic time of the latest that was not late
  std::int64_t dropped_frames = 0;            // that the agent says it gave up

  AgentClockWatch clock;
  std::optional<HostConflict> conflict;
  absl::Duration refused_at;  // monotonic: when the other agent was refused last
  // The newest sample when a run, or the boot of its machine, was refused for the first time.
  std::map<std::string, absl::Time> refused;
  SpokenFor spoken_for;  // while the run that speaks now was refused

  Told told;                              // what sinks know
  std::optional<absl::Duration> told_at;  // monotonic

  // Whether an agent ever described the host.
  bool has_agent() const { return !session.empty() || HasAgent(*host); }
};

}  // namespace syspulse

#endif  // SERVICES_HUB_HUB_ENTRY_H_
