// Says in the log what was given up, now and then: each loss is said, and a long one does not fill
// the log.
#ifndef SERVICES_AGENT_DROP_REPORT_H_
#define SERVICES_AGENT_DROP_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "services/agent/frame_buffer.h"

namespace syspulse {

// Confined to one thread.
class DropReport {
 public:
  static constexpr absl::Duration kInterval = absl::Minutes(1);  // between sentences

  // Returns a sentence about the frames that were dropped since the one before; nothing if there
  // are none, or if it is too early for another one. `now` is monotonic.
  std::optional<std::string> Next(const FrameBufferStats& stats, absl::Duration now);

 private:
  SourceCounts said_;
  std::int64_t said_frames_ = 0;
  std::optional<absl::Duration> last_;
};

}  // namespace syspulse

#endif  // SERVICES_AGENT_DROP_REPORT_H_
