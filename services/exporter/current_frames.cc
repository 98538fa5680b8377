#include "services/exporter/current_frames.h"

#include <algorithm>

#include "absl/time/time.h"

namespace syspulse {
namespace {

constexpr absl::Duration kSourceLifetime = absl::Minutes(5);

}  // namespace

void RemoveEnded(std::vector<FramePtr>* frames) {
  absl::Time newest = absl::InfinitePast();
  for (const FramePtr& frame : *frames) newest = std::max(newest, frame->time);
  std::erase_if(*frames,
                [&](const FramePtr& frame) { return newest - frame->time > kSourceLifetime; });
}

}  // namespace syspulse
