// The recent past of all sources in memory: what a screen shows of the minutes before it was
// opened.
//
// Bounded in time, counted from each frame's arrival, and in bytes over all sources. Where there is
// too much, the frames that arrived first go first, whosever they are. Every frame is added and
// dropped in constant time, but for the search of its source.
//
// Confined to one thread; the hub's lock guards it.
#ifndef SERVICES_HUB_RECENT_FRAMES_H_
#define SERVICES_HUB_RECENT_FRAMES_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "services/model/frame.h"

namespace syspulse {

class RecentFrames {
 public:
  // Keeps frames for `duration` after they arrived, and at most `bytes` of them.
  RecentFrames(absl::Duration duration, std::int64_t bytes) : duration_(duration), limit_(bytes) {}
  RecentFrames(const RecentFrames&) = delete;
  RecentFrames& operator=(const RecentFrames&) = delete;

  // Adds a frame that arrived at `now`, a monotonic time that never goes back. Frames of the same
  // source that are not older than it are forgotten first, so that a source's frames always grow in
  // time. A frame larger than the whole bound is not kept.
  void Add(const FramePtr& frame, absl::Duration now);

  // Adds a frame among those of its source that are there, in its place in time; does nothing if
  // there is one of that time, or if it is too old beside the newest one. It counts as arrived with
  // the frame behind it.
  void AddLate(const FramePtr& frame, absl::Duration now);

  // Drops what arrived too long before `now`.
  void DropOld(absl::Duration now);

  // Forgets all frames of the host.
  void ForgetHost(std::string_view host_id);

  // Returns the frames of a source that are not older than `since`, oldest first.
  std::vector<FramePtr> Since(std::string_view host_id, std::string_view source,
                              absl::Time since) const;

  // Returns what the frames hold in memory, in bytes; schemas are shared and not counted.
  std::int64_t bytes() const { return bytes_; }

 private:
  struct Arrival;
  using Arrivals = std::list<Arrival>;
  using Ring = std::deque<Arrivals::iterator>;  // one source, oldest first
  using Rings = std::map<std::string, Ring, std::less<>>;
  struct Arrival {
    FramePtr frame;
    absl::Duration time;  // monotonic
    Ring* ring;           // where it stands
  };

  void Drop(Arrivals::iterator arrival);
  void DropOldest();

  const absl::Duration duration_;
  const std::int64_t limit_;
  std::int64_t bytes_ = 0;
  Arrivals arrivals_;                                // all sources, in order of arrival
  std::map<std::string, Rings, std::less<>> hosts_;  // by host id, then source
};

}  // namespace syspulse

#endif  // SERVICES_HUB_RECENT_FRAMES_H_
