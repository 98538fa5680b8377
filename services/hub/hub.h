// The crossing of all data: frames come in from agents, go out to every sink, and the newest of
// each stays here.
//
// The hub knows which hosts there are, whether they are heard from, and the latest frame of every
// source. It keeps the recent past of every source in memory, bounded in time and size. It does not
// decode, convert or render anything.
//
// Thread-safe. Lock order: Hub → sink. Sinks are called under the hub's lock, in the order of
// arrival: they must not block and must not call the hub back.
#ifndef SERVICES_HUB_HUB_H_
#define SERVICES_HUB_HUB_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/base/mutex.h"
#include "services/hub/recent_frames.h"
#include "services/model/frame.h"
#include "services/model/host.h"
#include "services/model/process_table.h"

namespace syspulse {

// Receives what passes through the hub. Called under the hub's lock: must not block nor call the
// hub back.
class HubSink {
 public:
  virtual ~HubSink() = default;

  // A frame is now the latest of its host and source.
  virtual void OnFrame(const FramePtr& frame) = 0;

  // A process table is now the latest of its host.
  virtual void OnProcessTable(const ProcessTablePtr& table) = 0;

  // A host appeared, changed or changed its state. Not called for `last_seen` alone.
  virtual void OnHost(const HostPtr& host) = 0;

  // A host was forgotten.
  virtual void OnHostDeleted(const std::string& host_id) = 0;
};

struct HubOptions {
  absl::Duration recent_duration = absl::Minutes(20);  // how much of the past stays in memory
  std::int64_t recent_bytes = 256 << 20;               // bound of that over all hosts
};

class Hub {
 public:
  // `clock` must outlive this.
  Hub(const Clock* clock, HubOptions options);

  // --- Ingest
  // -------------------------------------------------------------------------------------------------

  // Takes a host in, as its agent describes it. `session` names the agent's run and `address` where
  // it calls from. A second session of a host takes the place of the first: its frames are refused
  // from now on, with Aborted. Display name and labels set by UpdateHost stay. Returns the host as
  // it is known now.
  HostPtr Connect(const Host& reported, const std::string& session, const std::string& address);

  // Marks the host offline, if `session` is its current one.
  void Disconnect(const std::string& host_id, const std::string& session);

  // Takes a frame of a connected host. A frame that is not newer than the latest of its source is
  // dropped silently: that is what redelivery looks like. Aborted if `session` is not the host's
  // current one.
  absl::Status PushFrame(const std::string& session, FramePtr frame);
  absl::Status PushProcessTable(const std::string& session, ProcessTablePtr table);

  // Recomputes the states of all hosts by the clock: online hosts without frames go stale. Call it
  // about once a second.
  void UpdateStates();

  // --- Hosts
  // --------------------------------------------------------------------------------------------------

  // Returns all hosts, by hostname, then id.
  std::vector<HostPtr> Hosts() const;

  // Returns the host that `name` means: `hosts/{id}`, an id or a hostname. NotFound with a sentence
  // that lists what there is, if there is none; FailedPrecondition if several hosts have that
  // hostname.
  absl::StatusOr<HostPtr> FindHost(std::string_view name) const;

  // Returns the host that `name` means, or the only one there is for an empty name. InvalidArgument
  // for an empty name and several hosts; NotFound if there is none.
  absl::StatusOr<HostPtr> FindHostOrOnly(std::string_view name) const;

  // Changes what is given. NotFound if there is no such id.
  absl::StatusOr<HostPtr> UpdateHost(
      std::string_view host_id, const std::optional<std::string>& display_name,
      const std::optional<std::map<std::string, std::string>>& labels);

  // Forgets the host and all its values. Its agent's session ends with Aborted at its next frame.
  // NotFound if there is no such id.
  absl::Status DeleteHost(std::string_view host_id);

  // Takes hosts in that were known before a restart, offline.
  void Restore(const std::vector<Host>& hosts);

  // --- Values
  // -------------------------------------------------------------------------------------------------

  // Returns the latest frame of a source, null if there is none.
  FramePtr LatestFrame(std::string_view host_id, std::string_view source) const;

  // Returns the latest frame of every source of the host, by source.
  std::vector<FramePtr> LatestFrames(std::string_view host_id) const;

  // Returns the latest processes, null if there are none.
  ProcessTablePtr LatestProcesses(std::string_view host_id) const;

  // Returns the frames of a source that are still in memory and not older than `since`, oldest
  // first.
  std::vector<FramePtr> RecentFrames(std::string_view host_id, std::string_view source,
                                     absl::Time since) const;

  // --- Sinks
  // --------------------------------------------------------------------------------------------------

  // Adds a sink, which must stay alive until it is removed. It is told of everything that comes
  // after.
  void AddSink(HubSink* sink);
  void RemoveSink(HubSink* sink);

 private:
  struct Entry;  // one host: its description, session, latest values and recent past

  const Clock* const clock_;
  const HubOptions options_;
  mutable Mutex mutex_;
};

}  // namespace syspulse

#endif  // SERVICES_HUB_HUB_H_
