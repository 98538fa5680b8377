#include "services/hub/recent_frames.h"

#include <algorithm>
#include <utility>

namespace syspulse {
namespace {

// Bytes of a frame besides its values: itself, its reference count, its list node and its place in
// the ring.
constexpr std::size_t kOverhead = sizeof(Frame) + 96;

std::int64_t BytesOf(const Frame& frame) {
  return static_cast<std::int64_t>(kOverhead + frame.values.size() * sizeof(double));
}

}  // namespace

void RecentFrames::Add(const FramePtr& frame, absl::Duration now) {
  Ring& ring = hosts_[frame->host][frame->source];
  while (!ring.empty() && ring.back()->frame->time >= frame->time) {
    const Arrivals::iterator newest = ring.back();
    ring.pop_back();
    Drop(newest);
  }
  arrivals_.push_back(Arrival{.frame = frame, .time = now, .ring = &ring});
  ring.push_back(std::prev(arrivals_.end()));
  bytes_ += BytesOf(*frame);
  while (bytes_ > limit_) DropOldest();
  DropOld(now);
}

void RecentFrames::AddLate(const FramePtr& frame, absl::Duration now) {
  Ring& ring = hosts_[frame->host][frame->source];
  const auto next = std::ranges::lower_bound(
      ring, frame->time, {}, [](Arrivals::iterator arrival) { return arrival->frame->time; });
  if (next == ring.end()) {
    Add(frame, now);
    return;
  }
  const Arrival& behind = **next;
  if (behind.frame->time == frame->time) return;
  if (ring.back()->frame->time - frame->time > duration_) return;
  // Before the one behind it in the order of arrival, too: that is how the oldest is found.
  ring.insert(next, arrivals_.insert(*next, {.frame = frame, .time = behind.time, .ring = &ring}));
  bytes_ += BytesOf(*frame);
  while (bytes_ > limit_) DropOldest();
}

void RecentFrames::DropOld(absl::Duration now) {
  while (!arrivals_.empty() && now - arrivals_.front().time > duration_) DropOldest();
}

void RecentFrames::ForgetHost(std::string_view host_id) {
  const auto host = hosts_.find(host_id);
  if (host == hosts_.end()) return;
  for (auto& [source, ring] : host->second) {
    for (const Arrivals::iterator arrival : ring) Drop(arrival);
  }
  hosts_.erase(host);
}

std::vector<FramePtr> RecentFrames::Since(std::string_view host_id, std::string_view source,
                                          absl::Time since) const {
  const auto host = hosts_.find(host_id);
  if (host == hosts_.end()) return {};
  const auto found = host->second.find(source);
  if (found == host->second.end()) return {};
  const Ring& ring = found->second;
  const auto first = std::ranges::lower_bound(
      ring, since, {}, [](Arrivals::iterator arrival) { return arrival->frame->time; });
  std::vector<FramePtr> frames;
  frames.reserve(static_cast<std::size_t>(ring.end() - first));
  for (auto arrival = first; arrival != ring.end(); ++arrival) frames.push_back((*arrival)->frame);
  return frames;
}

void RecentFrames::Drop(Arrivals::iterator arrival) {
  bytes_ -= BytesOf(*arrival->frame);
  arrivals_.erase(arrival);
}

void RecentFrames::DropOldest() {
  // The oldest of all is the oldest of its source.
  arrivals_.front().ring->pop_front();
  Drop(arrivals_.begin());
}

}  // namespace syspulse
