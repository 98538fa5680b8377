#include "services/agent/drop_report.h"

#include "absl/strings/str_format.h"

namespace syspulse {

std::optional<std::string> DropReport::Next(const FrameBufferStats& stats, absl::Duration now) {
  if (stats.dropped_frames == said_frames_) return std::nullopt;
  if (last_ && now - *last_ < kInterval) return std::nullopt;
  std::string sources;
  for (const auto& [source, count] : stats.dropped) {
    if (count == said_[source]) continue;
    if (!sources.empty()) sources += ", ";
    sources += absl::StrFormat("%s %d", source, count - said_[source]);
  }
  std::string sentence = absl::StrFormat("dropped %d frames that the service did not take over: %s",
                                         stats.dropped_frames - said_frames_, sources);
  said_ = stats.dropped;
  said_frames_ = stats.dropped_frames;
  last_ = now;
  return sentence;
}

}  // namespace syspulse
