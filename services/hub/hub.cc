#include "services/hub/hub.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/hub/hub_entry.h"
#include "services/model/resource_name.h"

namespace syspulse {
namespace {

constexpr int kStaleIntervals = 3;  // as HostState says
constexpr absl::Duration kLeastStale = absl::Seconds(3);
constexpr std::size_t kHostsInErrors = 5;

// Returns whether `a` and `b` are alike but for what sinks are told of now and then.
bool AlikeButSeen(const Host& a, Host b) {
  b.last_seen = a.last_seen;
  b.completeness = a.completeness;
  b.clock_skew = a.clock_skew;
  b.conflict = a.conflict;
  return a == b;
}

}  // namespace

void OverlayLabels(Host* host, const std::map<std::string, std::string>& reported) {
  host->labels = host->assigned_labels;
  host->labels.insert(reported.begin(), reported.end());
}

absl::Duration PatienceOf(const Host& host) {
  return std::max(kLeastStale, kStaleIntervals * host.sample_interval);
}

Hub::Hub(const Clock* clock, HubOptions options)
    : clock_(clock),
      options_(options),
      reader_demand_(clock),
      recent_(options.recent_duration, options.recent_bytes) {}

Hub::~Hub() = default;

absl::Status Hub::CheckSize(const Frame& frame) const {
  const std::size_t series = frame.schema->series().size();
  if (frame.values.size() != series) {
    return absl::InvalidArgumentError(
        absl::StrFormat("frame of source %s has %d values, its schema %d series", frame.source,
                        frame.values.size(), series));
  }
  if (series > options_.max_series_per_frame) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("source %s of host %s has %d series; a frame takes %d", frame.source,
                        frame.host, series, options_.max_series_per_frame));
  }
  return absl::OkStatus();
}

absl::StatusOr<FramePair*> Hub::FindSourceLocked(Entry& entry, const Frame& frame) {
  const auto source = entry.sources.find(frame.source);
  if (source != entry.sources.end()) return &source->second;
  if (entry.sources.size() >= options_.max_sources_per_host) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("source %s of host %s is one too many; a host takes %d", frame.source,
                        frame.host, options_.max_sources_per_host));
  }
  return &entry.sources[frame.source];
}

absl::Status Hub::PushFrame(std::uint64_t connection, FramePtr frame) {
  RETURN_IF_ERROR(CheckSize(*frame));
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Entry * entry, FindConnectedLocked(frame->host, connection));
  ASSIGN_OR_RETURN(FramePair * source, FindSourceLocked(*entry, *frame));
  RETURN_IF_ERROR(CheckSpeakerLocked(*entry, *frame));
  HeardFromLocked(*entry);
  CountSampleLocked(*entry, *frame, /*late=*/false);
  TakeFrameLocked(*entry, source, frame);
  return absl::OkStatus();
}

void Hub::TakeFrameLocked(Entry& entry, FramePair* frames, const FramePtr& frame) {
  const bool anew = !entry.begin_anew.empty() && entry.begin_anew.erase(frame->source) > 0;
  if (!anew && frames->latest != nullptr && !IsNextLocked(frame->time, frames->latest->time)) {
    return;
  }
  // After a clock was set back the frame before is not earlier: rates start again.
  const bool follows = !anew && frames->latest != nullptr && frames->latest->time < frame->time;
  frames->earlier = follows ? std::move(frames->latest) : nullptr;
  frames->latest = frame;
  FollowInterim(&entry, frame, follows);
  if (IsKeptRecent(frame->source)) recent_.Add(frame, clock_->Monotonic());
  for (HubSink* sink : sinks_) sink->OnFrame(frame);
}

bool Hub::IsKeptRecent(const std::string& source) const {
  const std::vector<std::string>& kept = options_.recent_sources;
  return kept.empty() || std::ranges::find(kept, source) != kept.end();
}

absl::Status Hub::PushProcessTable(std::uint64_t connection, ProcessTablePtr table) {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Entry * entry, FindConnectedLocked(table->host, connection));
  HeardFromLocked(*entry);  // slow collectors alone give a frame now and then only
  const bool anew = std::exchange(entry->processes_begin_anew, false);
  if (!anew && entry->processes != nullptr && !IsNextLocked(table->time, entry->processes->time)) {
    return absl::OkStatus();
  }
  entry->processes = table;
  if (entry->interim_processes != nullptr &&
      (anew || entry->interim_processes->time <= table->time)) {
    entry->interim_processes = nullptr;
  }
  for (HubSink* sink : sinks_) sink->OnProcessTable(table);
  return absl::OkStatus();
}

void Hub::UpdateStates() {
  reader_demand_.Expire();
  const absl::Duration now = clock_->Monotonic();
  MutexLock lock(mutex_);
  for (const auto& [id, entry] : entries_) {
    ForgetConflictLocked(*entry);
    TellNewsLocked(*entry);
    if (entry->connection != 0 && now - entry->last_heard > PatienceOf(*entry->host)) {
      SetStateLocked(*entry, HostState::kStale);
    } else if (entry->connection == 0 && now - entry->last_heard > kPushedLifetime) {
      SetStateLocked(*entry, HostState::kOffline);
    }
  }
  recent_.DropOld(now);
}

std::vector<HostPtr> Hub::Hosts() const {
  MutexLock lock(mutex_);
  std::vector<HostPtr> hosts;
  hosts.reserve(ids_by_hostname_.size());
  for (const auto& [hostname, id] : ids_by_hostname_) {
    hosts.push_back(DescribeLocked(*FindEntryLocked(id)));
  }
  return hosts;
}

absl::StatusOr<HostPtr> Hub::FindHost(std::string_view name) const {
  MutexLock lock(mutex_);
  const std::string_view id = HostIdOf(name);
  if (Entry* entry = FindEntryLocked(id); entry != nullptr) {
    return DescribeLocked(*entry);
  }
  // REST puts what stands in the path behind `hosts/`, a hostname too.
  const auto found = ids_by_hostname_.lower_bound({std::string(id), ""});
  if (found == ids_by_hostname_.end() || found->first != id) return NoSuchHostLocked(name);
  if (const auto next = std::next(found); next != ids_by_hostname_.end() && next->first == id) {
    return absl::FailedPreconditionError(
        absl::StrFormat("several hosts are called '%s'; name one by its id, such as %s or %s", id,
                        HostName(found->second), HostName(next->second)));
  }
  return DescribeLocked(*FindEntryLocked(found->second));
}

absl::StatusOr<HostPtr> Hub::FindHostOrOnly(std::string_view name) const {
  if (!name.empty()) return FindHost(name);
  MutexLock lock(mutex_);
  if (entries_.empty()) return NoSuchHostLocked(name);
  if (entries_.size() > 1) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "there are %d hosts; name one of them, such as %s", entries_.size(), SomeHostsLocked()));
  }
  return DescribeLocked(*entries_.begin()->second);
}

absl::StatusOr<HostPtr> Hub::UpdateHost(
    std::string_view host_id, const std::optional<std::string>& display_name,
    const std::optional<std::map<std::string, std::string>>& labels) {
  MutexLock lock(mutex_);
  Entry* entry = FindEntryLocked(host_id);
  if (entry == nullptr) return NoSuchHostLocked(host_id);
  Host host = *DescribeLocked(*entry);
  if (display_name) host.display_name = *display_name;
  if (labels) {
    host.assigned_labels = *labels;
    OverlayLabels(&host, entry->reported_labels);
  }
  return SetHostLocked(*entry, std::move(host));
}

absl::Status Hub::DeleteHost(std::string_view host_id) {
  MutexLock lock(mutex_);
  const auto found = entries_.find(host_id);
  if (found == entries_.end()) return NoSuchHostLocked(host_id);
  const std::string id = found->first;
  ids_by_hostname_.erase({found->second->host->hostname, id});
  entries_.erase(found);
  recent_.ForgetHost(id);
  for (HubSink* sink : sinks_) sink->OnHostDeleted(id);
  return absl::OkStatus();
}

void Hub::Restore(const std::vector<Host>& hosts) {
  MutexLock lock(mutex_);
  for (const Host& restored : hosts) {
    if (entries_.contains(restored.id) || entries_.size() >= options_.max_hosts) continue;
    Entry& entry = *(entries_[restored.id] = std::make_unique<Entry>());
    Host host = restored;
    host.state = HostState::kOffline;
    entry.last_seen = host.last_seen;
    for (const auto& label : host.labels) {
      if (!host.assigned_labels.contains(label.first)) entry.reported_labels.insert(label);
    }
    SetHostLocked(entry, std::move(host));
  }
}

FramePtr Hub::LatestFrame(std::string_view host_id, std::string_view source) const {
  return LatestTwo(host_id, source).latest;
}

FramePair Hub::LatestTwo(std::string_view host_id, std::string_view source) const {
  MutexLock lock(mutex_);
  const Entry* entry = FindEntryLocked(host_id);
  if (entry == nullptr) return {};
  const auto found = entry->sources.find(source);
  return found == entry->sources.end() ? FramePair{} : found->second;
}

std::vector<FramePtr> Hub::LatestFrames(std::string_view host_id) const {
  MutexLock lock(mutex_);
  std::vector<FramePtr> frames;
  const Entry* entry = FindEntryLocked(host_id);
  if (entry == nullptr) return frames;
  for (const auto& [source, pair] : entry->sources) {
    if (pair.latest != nullptr) frames.push_back(pair.latest);  // null after late frames only
  }
  return frames;
}

ProcessTablePtr Hub::LatestProcesses(std::string_view host_id) const {
  MutexLock lock(mutex_);
  const Entry* entry = FindEntryLocked(host_id);
  return entry == nullptr ? nullptr : entry->processes;
}

std::vector<FramePtr> Hub::RecentFrames(std::string_view host_id, std::string_view source,
                                        absl::Time since) const {
  MutexLock lock(mutex_);
  return recent_.Since(host_id, source, since);
}

void Hub::AddSink(HubSink* sink) {
  MutexLock lock(mutex_);
  sinks_.push_back(sink);
}

void Hub::RemoveSink(HubSink* sink) {
  MutexLock lock(mutex_);
  std::erase(sinks_, sink);
}

Hub::Entry* Hub::FindEntryLocked(std::string_view host_id) const {
  const auto found = entries_.find(host_id);
  return found == entries_.end() ? nullptr : found->second.get();
}

HostPtr Hub::DescribeLocked(Entry& entry) const {
  const std::optional<HostCompleteness> completeness = CompletenessLocked(entry);
  const std::optional<absl::Duration> skew = entry.clock.skew();
  if (entry.host->last_seen != entry.last_seen || entry.host->completeness != completeness ||
      entry.host->clock_skew != skew || entry.host->conflict != entry.conflict) {
    Host host = *entry.host;
    host.last_seen = entry.last_seen;
    host.completeness = completeness;
    host.clock_skew = skew;
    host.conflict = entry.conflict;
    entry.host = std::make_shared<const Host>(std::move(host));
  }
  return entry.host;
}

HostPtr Hub::SetHostLocked(Entry& entry, Host host) {
  if (entry.host != nullptr) {
    if (AlikeButSeen(*entry.host, host)) return DescribeLocked(entry);
    ids_by_hostname_.erase({entry.host->hostname, host.id});
  }
  ids_by_hostname_.emplace(host.hostname, host.id);
  entry.host = std::make_shared<const Host>(std::move(host));
  for (HubSink* sink : sinks_) sink->OnHost(entry.host);
  return entry.host;
}

void Hub::SetStateLocked(Entry& entry, HostState state) {
  if (entry.host->state == state) return;
  Host host = *DescribeLocked(entry);
  host.state = state;
  SetHostLocked(entry, std::move(host));
}

void Hub::HeardFromLocked(Entry& entry) {
  entry.last_seen = clock_->Now();
  entry.last_heard = clock_->Monotonic();
  SetStateLocked(entry, HostState::kOnline);
}

bool Hub::IsNextLocked(absl::Time time, absl::Time latest) const {
  const absl::Time believable = clock_->Now() + kBelievableLead;
  return time > latest || (time <= believable && latest > believable);
}

absl::Status Hub::NoSuchHostLocked(std::string_view name) const {
  if (entries_.empty()) {
    return absl::NotFoundError(name.empty()
                                   ? "no host is known yet; start a syspulse-agent"
                                   : absl::StrFormat("there is no host '%s': no host is known yet; "
                                                     "start a syspulse-agent",
                                                     name));
  }
  return absl::NotFoundError(
      absl::StrFormat("there is no host '%s'; there is %s", name, SomeHostsLocked()));
}

std::string Hub::SomeHostsLocked() const {
  std::string names;
  std::size_t count = 0;
  for (const auto& [hostname, id] : ids_by_hostname_) {
    if (++count > kHostsInErrors) {
      return names + absl::StrFormat(" and %d more", ids_by_hostname_.size() - kHostsInErrors);
    }
    if (!names.empty()) names += ", ";
    names += HostName(id);
    if (hostname != id) names += absl::StrFormat(" (%s)", hostname);
  }
  return names;
}

}  // namespace syspulse
