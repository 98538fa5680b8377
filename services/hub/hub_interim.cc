// Hub: what comes between the samples that agents take by themselves.
#include <utility>

#include "services/base/status_macros.h"
#include "services/hub/hub.h"
#include "services/hub/hub_entry.h"

namespace syspulse {
namespace {

// Whether something of `time` is newer than `latest`, and not so new that its clock must be wrong.
bool Follows(absl::Time time, absl::Time latest, const Host& host) {
  return time > latest && time < latest + PatienceOf(host);
}

}  // namespace

void Hub::FollowInterim(Entry* entry, const FramePtr& frame, bool follows) {
  const auto pair = entry->interim.find(frame->source);
  if (pair == entry->interim.end()) return;
  if (!follows) {
    entry->interim.erase(pair);
  } else if (frame->time > pair->second.latest->time) {
    pair->second = {.latest = frame, .earlier = std::move(pair->second.latest)};
  }
}

absl::Status Hub::PushInterimFrame(std::uint64_t connection, const FramePtr& frame) {
  RETURN_IF_ERROR(CheckSize(*frame));
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Entry * entry, FindConnectedLocked(frame->host, connection));
  HeardFromLocked(*entry);
  const auto source = entry->sources.find(frame->source);
  if (source == entry->sources.end() || source->second.latest == nullptr ||
      entry->begin_anew.contains(frame->source) ||
      !Follows(frame->time, source->second.latest->time, *entry->host)) {
    return absl::OkStatus();
  }
  FramePair& pair = entry->interim[frame->source];
  if (pair.latest == nullptr) pair.latest = source->second.latest;
  if (frame->time <= pair.latest->time) return absl::OkStatus();
  pair = {.latest = frame, .earlier = std::move(pair.latest)};
  for (HubSink* sink : sinks_) sink->OnInterimFrame(frame);
  return absl::OkStatus();
}

absl::Status Hub::PushInterimTable(std::uint64_t connection, const ProcessTablePtr& table) {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Entry * entry, FindConnectedLocked(table->host, connection));
  HeardFromLocked(*entry);
  if (entry->processes == nullptr || entry->processes_begin_anew ||
      !Follows(table->time, entry->processes->time, *entry->host)) {
    return absl::OkStatus();
  }
  entry->interim_processes = table;
  for (HubSink* sink : sinks_) sink->OnInterimTable(table);
  return absl::OkStatus();
}

FramePair Hub::LatestTwoWithInterim(std::string_view host_id, std::string_view source) const {
  MutexLock lock(mutex_);
  const Entry* entry = FindEntryLocked(host_id);
  if (entry == nullptr) return {};
  if (const auto pair = entry->interim.find(source); pair != entry->interim.end()) {
    return pair->second;
  }
  const auto found = entry->sources.find(source);
  return found == entry->sources.end() ? FramePair{} : found->second;
}

ProcessTablePtr Hub::LatestProcessesWithInterim(std::string_view host_id) const {
  MutexLock lock(mutex_);
  const Entry* entry = FindEntryLocked(host_id);
  if (entry == nullptr) return nullptr;
  const ProcessTablePtr& interim = entry->interim_processes;
  // A clock that was set back makes the older one the newest.
  const bool newest = interim != nullptr && entry->processes != nullptr &&
                      Follows(interim->time, entry->processes->time, *entry->host);
  return newest ? interim : entry->processes;
}

}  // namespace syspulse
