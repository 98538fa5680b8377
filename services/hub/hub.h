// The crossing of all data: frames come in from agents, go out to every sink, and the newest of
// each stays here.
//
// The hub knows which hosts there are, whether they are heard from, and the latest frame of every
// source. It keeps the recent past of sources in memory, bounded in time and size. It does not
// decode, convert or render anything.
//
// Thread-safe. Lock order: Hub → sink. Sinks are called under the hub's lock, in the order of
// arrival: they must not block and must not call the hub back.
#ifndef SERVICES_HUB_HUB_H_
#define SERVICES_HUB_HUB_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/base/mutex.h"
#include "services/hub/agent_clock.h"
#include "services/hub/reader_demand.h"
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

  // A frame, or a process table, came between two that the agent sends by itself.
  virtual void OnInterimFrame(const FramePtr&) {}
  virtual void OnInterimTable(const ProcessTablePtr&) {}

  // A host appeared, changed or changed its state. Not called for `last_seen` alone, and for its
  // completeness, clock and conflict every 10 s at most, but when a conflict begins.
  virtual void OnHost(const HostPtr& host) = 0;

  // A host was forgotten.
  virtual void OnHostDeleted(const std::string& host_id) = 0;
};

struct HubOptions {
  absl::Duration recent_duration = absl::Minutes(20);  // how much of the past stays in memory
  std::int64_t recent_bytes = 64 << 20;                // bound of that over all hosts
  std::vector<std::string> recent_sources = {};        // whose past it is; everyone's if empty

  // Bounds on what strangers can make the service remember.
  std::size_t max_hosts = 10'000;          // the largest fleet one service is meant for
  std::size_t max_sources_per_host = 256;  // an agent of ours has less than ten
  std::size_t max_series_per_frame = 100'000;
  std::size_t max_pushed_hosts = 1'000;  // without an agent: they leave room for those with one
  std::size_t max_custom_sources = 64;   // of a host; they leave room for those of its agent
};

// One stream of an agent to the hub. An agent that connects again gets another one, so that the end
// of the stream before, noticed late, does no harm.
struct HubConnection {
  std::uint64_t id = 0;  // never used twice by one hub; 0 names no connection
  HostPtr host;          // the host as it is known now
};

// The two newest frames of a source: what a rate is made of.
struct FramePair {
  FramePtr latest;   // null if the source has sent nothing
  FramePtr earlier;  // the latest before that; null if there is one frame only
};

struct SpokenFor;

class Hub {
 public:
  // `clock` must outlive this.
  Hub(const Clock* clock, HubOptions options);
  ~Hub();
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  // --- Ingest ---

  // Takes a host in, as its agent describes it, and marks it online. `session` names the agent's
  // run, `address` where it calls from, and `boot_id` the boot of its machine's kernel, empty if
  // that is not known. A later connection of the same run takes the place of this one, whose frames
  // are refused from then on; so does one of another run, once this one was silent for three
  // intervals, at least three seconds. Display name and labels set by UpdateHost stay.
  //
  // AlreadyExists while another run is heard from: it goes on, and the host has a conflict for two
  // minutes. If the run that is refused comes in later, nothing is taken of what it measured while
  // the other one spoke. InvalidArgument for an id that is none; ResourceExhausted if there are too
  // many hosts.
  absl::StatusOr<HubConnection> Connect(const Host& reported, const std::string& session,
                                        const std::string& address,
                                        const std::string& boot_id = {});

  // Marks the host offline, if `connection` is its current one.
  void Disconnect(std::string_view host_id, std::uint64_t connection);

  // Takes what the clocks of a connected host's agent say, before the frames that come with it.
  // Returns by how much its civil time was set, if it was: frames then count by their new times,
  // and no time is missed between the old and the new ones. Aborted and NotFound as for PushFrame.
  absl::StatusOr<std::optional<absl::Duration>> TakeClock(std::string_view host_id,
                                                          std::uint64_t connection,
                                                          const AgentClock& clock);

  // Takes a frame of a connected host.
  //
  // A frame that is not newer than the latest of its source is dropped silently: that is what
  // redelivery looks like. There are two exceptions: after the host's clock was set (see TakeClock)
  // or its machine booted, the next frame of each source is the latest. And a host whose clock ran
  // far ahead (more than a minute ahead of the service's) sends smaller times once its clock is set
  // right; the first frame with a believable time then takes the place of the frames with
  // unbelievable ones.
  //
  // Aborted if another connection of the host took over; NotFound if the host was deleted (connect
  // again, and it comes back); ResourceExhausted beyond the limits of HubOptions; InvalidArgument
  // if the number of values is not that of the schema; FailedPrecondition if another agent spoke
  // for the host when it was measured. Nothing of a refused frame is kept.
  absl::Status PushFrame(std::uint64_t connection, FramePtr frame);

  // Takes a frame that its agent could not send in time, while newer ones come beside it: it is
  // kept in the recent past and never becomes the latest, so no sink is told. Does not count as a
  // sign of life either. Errors as for PushFrame.
  absl::Status PushLateFrame(std::uint64_t connection, const FramePtr& frame);

  // Says which samples of a host were there before this run of the service, from the history. They
  // also tell when it was seen last.
  // Ignored for a host that is not known.
  void LearnPast(std::string_view host_id, std::span<const absl::Time> times);

  // Takes the processes of a connected host; rules and errors as for frames.
  absl::Status PushProcessTable(std::uint64_t connection, ProcessTablePtr table);

  // Takes a frame, or a table, that the host's agent sends between two of those above, because
  // readers want more of them. It is for those who ask for interim values alone: neither the latest
  // nor the recent past nor what is missing of the host knows of it. Dropped silently if it does
  // not follow the latest of its source closely. Errors as for PushFrame.
  absl::Status PushInterimFrame(std::uint64_t connection, const FramePtr& frame);
  absl::Status PushInterimTable(std::uint64_t connection, const ProcessTablePtr& table);

  // Takes frames, in the order of time, of a host from someone who is not its agent. Their sources
  // begin with kCustomSource. A host that is not known is taken in as `reported` describes it. What
  // an agent says of its host and its state stays; a host without one is online for kPushedLifetime
  // from then on. Frames that are not newer are dropped as above.
  //
  // InvalidArgument for an id that is none, and for a metric that the host's agent has;
  // ResourceExhausted beyond the limits of HubOptions: then nothing of it is kept.
  absl::StatusOr<HostPtr> PushCustomFrames(const Host& reported, const std::string& address,
                                           const std::vector<FramePtr>& frames);

  // Returns what PushCustomFrames would say.
  absl::Status CheckCustomFrames(const Host& reported, const std::vector<FramePtr>& frames) const;

  // As long as queries look back for a value.
  static constexpr absl::Duration kPushedLifetime = absl::Minutes(5);

  // Recomputes the states of all hosts by the clock: online hosts without samples go stale
  // after three intervals, at least three seconds. Drops what is too old, and demands that nobody
  // has any more. Call it about once a second.
  void UpdateStates();

  // --- Hosts ---

  // Returns all hosts, by hostname, then id.
  std::vector<HostPtr> Hosts() const;

  // Returns the host that `name` means: `hosts/{id}`, an id or a hostname. NotFound with a sentence
  // that lists what there is, if there is none; FailedPrecondition if several hosts have that
  // hostname.
  absl::StatusOr<HostPtr> FindHost(std::string_view name) const;

  // Returns the host that `name` means, or the only one there is for an empty name. InvalidArgument
  // for an empty name and several hosts; NotFound if there is none.
  absl::StatusOr<HostPtr> FindHostOrOnly(std::string_view name) const;

  // Changes what is given. The labels given take the place of those assigned before and overlay the
  // agent's own. NotFound if there is no such id.
  absl::StatusOr<HostPtr> UpdateHost(
      std::string_view host_id, const std::optional<std::string>& display_name,
      const std::optional<std::map<std::string, std::string>>& labels);

  // Forgets the host and all its values; its agent's next frame is refused. NotFound if there is no
  // such id.
  absl::Status DeleteHost(std::string_view host_id);

  // Takes hosts in that were known before a restart, offline, and tells the sinks. A host that is
  // known already stays as it is; those beyond the limit are left out.
  void Restore(const std::vector<Host>& hosts);

  // --- Values ---

  // Returns the latest frame of a source, null if there is none.
  FramePtr LatestFrame(std::string_view host_id, std::string_view source) const;

  // Returns the latest frame of a source and the one before it.
  FramePair LatestTwo(std::string_view host_id, std::string_view source) const;

  // Returns the latest frame of every source of the host, by source.
  std::vector<FramePtr> LatestFrames(std::string_view host_id) const;

  // Returns the same and, of sources that come in parts, behind the latest what was pushed with
  // other series within kPushedLifetime before it, newest first.
  std::vector<FramePtr> LatestParts(std::string_view host_id) const;

  // Returns the latest processes, null if there are none.
  ProcessTablePtr LatestProcesses(std::string_view host_id) const;

  // Returns the same, interim ones among them: whatever came last.
  FramePair LatestTwoWithInterim(std::string_view host_id, std::string_view source) const;
  ProcessTablePtr LatestProcessesWithInterim(std::string_view host_id) const;

  // Returns the frames of a source that are still in memory and not older than `since`, oldest
  // first.
  std::vector<FramePtr> RecentFrames(std::string_view host_id, std::string_view source,
                                     absl::Time since) const;

  // Returns who wants what of which host. Thread-safe by itself.
  ReaderDemand& reader_demand() { return reader_demand_; }

  // --- Sinks ---

  // Adds a sink, which must stay alive until it is removed. It is told of everything that comes
  // after.
  void AddSink(HubSink* sink);

  // Removes a sink. It is not called any more once this returns.
  void RemoveSink(HubSink* sink);

 private:
  struct Entry;  // one host: its description, connection and latest values
  using Entries = std::map<std::string, std::unique_ptr<Entry>, std::less<>>;

  Entry* TakeInPushedLocked(const Host& reported, const std::string& address)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status CheckCustomLocked(const Host& reported, const std::vector<FramePtr>& frames) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status CheckRoomForPushedLocked(const std::string& host_id) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status RefuseLocked(Entry& entry, const Host& refused, const std::string& address,
                            const std::string& boot_id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static void NoteRefusalLocked(Entry& entry, const std::string& session,
                                const std::string& boot_id);
  static SpokenFor TakeRefusalLocked(Entry& entry, const std::string& session,
                                     const std::string& boot_id);
  // FailedPrecondition if another agent spoke for the host at the time of the frame.
  static absl::Status CheckSpeakerLocked(const Entry& entry, const Frame& frame);
  void ForgetConflictLocked(Entry& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void BeginAnewLocked(Entry& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Tells the interim frames of a source that there is a frame which is not. If that does not
  // follow the one before, there are none.
  static void FollowInterim(Entry* entry, const FramePtr& frame, bool follows);
  void TakeFrameLocked(Entry& entry, FramePair* frames, const FramePtr& frame)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Entry* FindEntryLocked(std::string_view host_id) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<Entry*> FindConnectedLocked(std::string_view host_id, std::uint64_t connection)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status CheckSize(const Frame& frame) const;
  absl::StatusOr<FramePair*> FindSourceLocked(Entry& entry, const Frame& frame)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CountSampleLocked(Entry& entry, const Frame& frame, bool late)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void NoteLagLocked(Entry& entry, absl::Time sample) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::optional<HostCompleteness> CompletenessLocked(const Entry& entry) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TellNewsLocked(Entry& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsKeptRecent(const std::string& source) const;
  HostPtr DescribeLocked(Entry& entry) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  HostPtr SetHostLocked(Entry& entry, Host host) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SetStateLocked(Entry& entry, HostState state) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void HeardFromLocked(Entry& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsNextLocked(absl::Time time, absl::Time latest) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status NoSuchHostLocked(std::string_view name) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::string SomeHostsLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock* const clock_;
  const HubOptions options_;
  ReaderDemand reader_demand_;

  mutable Mutex mutex_;
  Entries entries_ ABSL_GUARDED_BY(mutex_);  // by id
  std::set<std::pair<std::string, std::string>> ids_by_hostname_ ABSL_GUARDED_BY(mutex_);
  syspulse::RecentFrames recent_ ABSL_GUARDED_BY(mutex_);
  std::vector<HubSink*> sinks_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t last_connection_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace syspulse

#endif  // SERVICES_HUB_HUB_H_
