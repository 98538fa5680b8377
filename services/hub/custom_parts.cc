#include "services/hub/custom_parts.h"

#include <algorithm>

#include "services/hub/hub.h"

namespace syspulse {

void CustomParts::Add(const FramePtr& frame) {
  std::vector<FramePtr>& frames = sources_[frame->source];
  const auto same = std::ranges::find(frames, frame->schema->id(),
                                      [](const FramePtr& known) { return known->schema->id(); });
  if (same != frames.end()) {
    if ((*same)->time >= frame->time) return;
    frames.erase(same);
  }
  const auto place = std::ranges::find_if(
      frames, [&](const FramePtr& known) { return known->time <= frame->time; });
  frames.insert(place, frame);
  std::size_t values = 0;  // up to the frame that is looked at, without the newest
  const auto end = std::find_if(frames.begin() + 1, frames.end(), [&](const FramePtr& known) {
    values += known->values.size();
    return values > kMostValues || frames.front()->time - known->time > Hub::kPushedLifetime;
  });
  frames.erase(end, frames.end());
}

void CustomParts::AppendOthers(const Frame& latest, std::vector<FramePtr>* frames) const {
  const auto source = sources_.find(latest.source);
  if (source == sources_.end()) return;
  std::ranges::copy_if(source->second, std::back_inserter(*frames), [&](const FramePtr& frame) {
    return frame->schema->id() != latest.schema->id();
  });
}

}  // namespace syspulse
