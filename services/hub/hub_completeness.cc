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

// How often readers of hosts are told of a gap that grows or is filled, and the like.
constexpr absl::Duration kNewsInterval = absl::Seconds(10);

// Networks make clocks seem to differ by less.
constexpr absl::Duration kNewSkew = absl::Milliseconds(100);

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
  RETURN_IF_ERROR(CheckSpeakerLocked(*entry, *frame));
  if (IsKeptRecent(frame->source)) recent_.AddLate(frame, clock_->Monotonic());
  CountSampleLocked(*entry, *frame, /*late=*/true);
  return absl::OkStatus();
}

void Hub::CountSampleLocked(Entry& entry, const Frame& frame, bool late) {
  if (frame.source == kAgentSource && !late) entry.dropped_frames = DroppedFramesOf(frame);
  if (frame.source != kTickSource) return;
  // A clock that is known to be ahead is believed for once: it goes on as it is, or it is set.
  const absl::Duration lead =
      std::max(entry.clock.skew().value_or(absl::ZeroDuration()), absl::ZeroDuration());
  if (frame.time > clock_->Now() + kBelievableLead + lead) return;
  const absl::Duration interval = entry.host->sample_interval;
  if (interval <= absl::ZeroDuration()) return;
  if (!late) NoteLagLocked(entry, frame.time);
  entry.completeness.Add(frame.time, interval, late);
  if (!late) entry.last_sample = clock_->Monotonic();
}

void Hub::NoteLagLocked(Entry& entry, absl::Time sample) {
  if (!entry.last_sample || entry.completeness.empty()) return;
  const absl::Duration silence = clock_->Monotonic() - *entry.last_sample;
  if (silence <= PatienceOf(*entry.host)) return;
  const absl::Duration lag = silence - (sample - entry.completeness.newest());
  if (lag > PatienceOf(*entry.host)) entry.completeness.Owe(lag);
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
  if (entry == nullptr || times.empty()) return;
  // The list of hosts may be older than what came last before a crash.
  const absl::Time newest = std::min(*std::ranges::max_element(times), clock_->Now());
  if (entry->connection == 0) entry->last_seen = std::max(entry->last_seen, newest);
  if (entry->host->sample_interval <= absl::ZeroDuration()) return;
  entry->completeness.Learn(times, entry->host->sample_interval);
}

void Hub::TellNewsLocked(Entry& entry) {
  const absl::Duration now = clock_->Monotonic();
  if (entry.told_at && now - *entry.told_at < kNewsInterval) return;
  const HostPtr host = DescribeLocked(entry);
  const Told news{
      .gap = host->completeness ? host->completeness->gap : absl::ZeroDuration(),
      .skew = host->clock_skew.value_or(absl::ZeroDuration()),
      .conflict = host->conflict,
  };
  if (news.gap == entry.told.gap && news.conflict == entry.told.conflict &&
      absl::AbsDuration(news.skew - entry.told.skew) < kNewSkew) {
    return;
  }
  entry.told = news;
  entry.told_at = now;
  for (HubSink* sink : sinks_) sink->OnHost(host);
}

}  // namespace syspulse
