// Hub: how complete the samples of hosts are, and those that come late.
#include <algorithm>
#include <string_view>

#include "services/base/status_macros.h"
#include "services/hub/hub.h"
#include "services/hub/hub_entry.h"

namespace syspulse {
namespace {

// The source that every tick of an agent has; see collector_spec.h.
constexpr std::string_view kTickSource = "system";

// What agents say of themselves; see agent_metrics.h.
constexpr std::string_view kAgentSource = "agent";
constexpr std::string_view kDroppedFrames = "syspulse_agent_frames_dropped_total";

// How often readers of hosts are told of a gap that grows or is filled.
constexpr absl::Duration kGapInterval = absl::Seconds(10);

// Returns how many frames an agent dropped, as it says in a frame of its own.
std::int64_t DroppedFramesOf(const Frame& frame) {
  double dropped = 0;
  for (std::size_t i = 0; i < frame.values.size(); ++i) {
    const auto family = static_cast<std::size_t>(frame.schema->series()[i].family);
    const bool counts = frame.schema->families()[family].name == kDroppedFrames;
    if (counts && frame.values[i] >= 0 && frame.values[i] < 1e15) dropped += frame.values[i];
  }
  return static_cast<std::int64_t>(dropped);
}

}  // namespace

absl::Status Hub::PushLateFrame(std::uint64_t connection, const FramePtr& frame) {
  RETURN_IF_ERROR(CheckSize(*frame));
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Entry * entry, FindConnectedLocked(frame->host, connection));
  RETURN_IF_ERROR(FindSourceLocked(*entry, *frame).status());
  if (IsKeptRecent(frame->source)) recent_.AddLate(frame, clock_->Monotonic());
  CountSampleLocked(*entry, *frame, /*late=*/true);
  return absl::OkStatus();
}

void Hub::CountSampleLocked(Entry& entry, const Frame& frame, bool late) {
  if (frame.source == kAgentSource && !late) entry.dropped_frames = DroppedFramesOf(frame);
  if (frame.source != kTickSource || frame.time > clock_->Now() + kBelievableLead) return;
  const absl::Duration interval = entry.host->sample_interval;
  if (interval <= absl::ZeroDuration()) return;
  entry.completeness.Add(frame.time, interval, late);
  if (!late) entry.last_sample = clock_->Monotonic();
}

std::optional<HostCompleteness> Hub::CompletenessLocked(const Entry& entry) const {
  if (entry.completeness.empty()) return std::nullopt;
  absl::Time end = entry.completeness.newest();
  if (entry.last_sample) {
    // By the host's clock, which need not be ours.
    const absl::Duration silence = clock_->Monotonic() - *entry.last_sample;
    if (silence > PatienceOf(*entry.host)) end += silence;
  } else {
    end = std::max(end, clock_->Now());  // nothing came since the service started
  }
  HostCompleteness completeness = entry.completeness.Until(end);
  completeness.gap = absl::Trunc(completeness.gap, absl::Milliseconds(1));
  completeness.dropped_frames = entry.dropped_frames;
  return completeness;
}

void Hub::LearnPast(std::string_view host_id, std::span<const absl::Time> times) {
  MutexLock lock(mutex_);
  Entry* const entry = FindEntryLocked(host_id);
  if (entry == nullptr || entry->host->sample_interval <= absl::ZeroDuration()) return;
  entry->completeness.Learn(times, entry->host->sample_interval);
}

void Hub::TellGapLocked(Entry& entry) {
  const absl::Duration now = clock_->Monotonic();
  if (entry.gap_told_at && now - *entry.gap_told_at < kGapInterval) return;
  const HostPtr host = DescribeLocked(entry);
  const absl::Duration gap = host->completeness ? host->completeness->gap : absl::ZeroDuration();
  if (gap == entry.told_gap) return;
  entry.told_gap = gap;
  entry.gap_told_at = now;
  for (HubSink* sink : sinks_) sink->OnHost(host);
}

}  // namespace syspulse
