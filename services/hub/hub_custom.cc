// Hub: frames of those who are no agents.
#include <algorithm>
#include <memory>
#include <set>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/hub/hub.h"
#include "services/hub/hub_entry.h"
#include "services/model/custom_source.h"

namespace syspulse {
namespace {

using Names = std::unordered_set<std::string_view>;

Names MetricsOf(const std::vector<FramePtr>& frames) {
  Names names;
  const Schema* last = nullptr;  // rows of a request share theirs
  for (const FramePtr& frame : frames) {
    if (std::exchange(last, frame->schema.get()) == frame->schema.get()) continue;
    for (const MetricFamily& family : frame->schema->families()) names.insert(family.name);
  }
  return names;
}

// InvalidArgument if one of the names is a metric in a frame of the host's agent.
absl::Status CheckNames(const std::string& host_id, const Frame& of_agent, const Names& names) {
  for (const MetricFamily& family : of_agent.schema->families()) {
    if (!names.contains(family.name)) continue;
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s is what the agent of host %s measures (source %s); push yours under another name",
        family.name, host_id, of_agent.source));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<HostPtr> Hub::PushCustomFrames(const Host& reported, const std::string& address,
                                              const std::vector<FramePtr>& frames) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckCustomLocked(reported, frames));
  Entry* const entry = TakeInPushedLocked(reported, address);
  if (!entry->has_agent()) HeardFromLocked(*entry);
  for (const FramePtr& frame : frames) {
    entry->custom_parts.Add(frame);
    TakeFrameLocked(*entry, &entry->sources[frame->source], frame);
  }
  return DescribeLocked(*entry);
}

absl::Status Hub::CheckCustomFrames(const Host& reported,
                                    const std::vector<FramePtr>& frames) const {
  MutexLock lock(mutex_);
  return CheckCustomLocked(reported, frames);
}

absl::Status Hub::CheckCustomLocked(const Host& reported,
                                    const std::vector<FramePtr>& frames) const {
  if (!IsHostId(reported.id)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' is not a host id; it is up to 63 of a-z, 0-9 and -", reported.id));
  }
  const Entry* const entry = FindEntryLocked(reported.id);
  std::set<std::string_view> sources;
  if (entry != nullptr) {
    const Names names = MetricsOf(frames);
    for (const auto& [source, pair] : entry->sources) {
      if (IsCustomSource(source)) {
        sources.insert(source);
      } else if (pair.latest != nullptr) {
        RETURN_IF_ERROR(CheckNames(reported.id, *pair.latest, names));
      }
    }
  }
  for (const FramePtr& frame : frames) {
    RETURN_IF_ERROR(CheckSize(*frame));
    if (!IsCustomSource(frame->source)) {
      return absl::InternalError(
          absl::StrFormat("push a frame of source %s, which is an agent's", frame->source));
    }
    sources.insert(frame->source);
    if (sources.size() > options_.max_custom_sources) {
      return absl::ResourceExhaustedError(
          absl::StrFormat("source %s is one too many; %d may be pushed for a host", frame->source,
                          options_.max_custom_sources));
    }
  }
  return entry != nullptr ? absl::OkStatus() : CheckRoomForPushedLocked(reported.id);
}

absl::Status Hub::CheckRoomForPushedLocked(const std::string& host_id) const {
  const auto pushed =
      std::ranges::count_if(entries_, [](const auto& other) { return !other.second->has_agent(); });
  if (entries_.size() < options_.max_hosts &&
      static_cast<std::size_t>(pushed) < options_.max_pushed_hosts) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(absl::StrFormat(
      "host %s is one too many: this service takes %d, %d of them without an agent; delete hosts "
      "that are gone",
      host_id, options_.max_hosts, options_.max_pushed_hosts));
}

Hub::Entry* Hub::TakeInPushedLocked(const Host& reported, const std::string& address) {
  Entry* entry = FindEntryLocked(reported.id);
  if (entry != nullptr) {
    if (!entry->has_agent() && !reported.hostname.empty() &&
        entry->host->hostname != reported.hostname) {
      Host host = *DescribeLocked(*entry);
      host.hostname = reported.hostname;
      SetHostLocked(*entry, std::move(host));
    }
    return entry;
  }
  entry = (entries_[reported.id] = std::make_unique<Entry>()).get();
  Host host{.id = reported.id, .hostname = reported.hostname, .address = address};
  if (host.hostname.empty()) host.hostname = host.id;  // queries need an instance
  host.first_seen = clock_->Now();
  SetHostLocked(*entry, std::move(host));
  return entry;
}

std::vector<FramePtr> Hub::LatestParts(std::string_view host_id) const {
  MutexLock lock(mutex_);
  std::vector<FramePtr> frames;
  const Entry* const entry = FindEntryLocked(host_id);
  if (entry == nullptr) return frames;
  for (const auto& [source, pair] : entry->sources) {
    if (pair.latest == nullptr) continue;
    frames.push_back(pair.latest);
    entry->custom_parts.AppendOthers(*pair.latest, &frames);
  }
  return frames;
}

}  // namespace syspulse
