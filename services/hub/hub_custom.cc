// Hub: frames of those who are no agents.
#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/hub/hub.h"
#include "services/hub/hub_entry.h"

namespace syspulse {

absl::StatusOr<HostPtr> Hub::PushCustomFrames(const Host& reported, const std::string& address,
                                              const std::vector<FramePtr>& frames) {
  if (!IsHostId(reported.id)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' is not a host id; it is up to 63 of a-z, 0-9 and -", reported.id));
  }
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckCustomLocked(FindEntryLocked(reported.id), frames));
  ASSIGN_OR_RETURN(Entry * entry, TakeInPushedLocked(reported, address));
  if (!entry->has_agent()) HeardFromLocked(*entry);
  for (const FramePtr& frame : frames)
    TakeFrameLocked(*entry, &entry->sources[frame->source], frame);
  return DescribeLocked(*entry);
}

absl::Status Hub::CheckCustomLocked(const Entry* entry, const std::vector<FramePtr>& frames) const {
  std::set<std::string_view> sources;
  if (entry != nullptr) {
    for (const auto& [name, pair] : entry->sources) {
      if (name.starts_with(kCustomSource)) sources.insert(name);
    }
  }
  for (const FramePtr& frame : frames) {
    RETURN_IF_ERROR(CheckSize(*frame));
    if (!frame->source.starts_with(kCustomSource)) {
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
  return absl::OkStatus();
}

absl::StatusOr<Hub::Entry*> Hub::TakeInPushedLocked(const Host& reported,
                                                    const std::string& address) {
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
  const auto pushed =
      std::ranges::count_if(entries_, [](const auto& other) { return !other.second->has_agent(); });
  if (entries_.size() >= options_.max_hosts ||
      static_cast<std::size_t>(pushed) >= options_.max_pushed_hosts) {
    return absl::ResourceExhaustedError(absl::StrFormat(
        "host %s is one too many: this service takes %d, %d of them without an agent; delete hosts "
        "that are gone",
        reported.id, options_.max_hosts, options_.max_pushed_hosts));
  }
  entry = (entries_[reported.id] = std::make_unique<Entry>()).get();
  Host host{.id = reported.id, .hostname = reported.hostname, .address = address};
  if (host.hostname.empty()) host.hostname = host.id;  // queries need an instance
  host.first_seen = clock_->Now();
  SetHostLocked(*entry, std::move(host));
  return entry;
}

}  // namespace syspulse
