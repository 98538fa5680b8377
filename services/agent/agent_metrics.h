// What the agent says of itself: source `agent`.
//
//   syspulse_agent_frames_dropped_total  frames that were given up, by source: memory and spool
//                                        were full, or the service could not take them
//   syspulse_agent_buffer_bytes          memory of what waits for the service
//   syspulse_agent_spool_bytes           of files that wait for the service
//   syspulse_agent_reconnects_total      streams that were opened again
//   syspulse_agent_sent_bytes_total      of messages to the service, before gRPC frames them
//   syspulse_agent_cpu_seconds_total     CPU time of the agent; source: getrusage(2)
//   syspulse_agent_resident_bytes        memory of the agent in RAM; source: /proc/self/statm
#ifndef SERVICES_AGENT_AGENT_METRICS_H_
#define SERVICES_AGENT_AGENT_METRICS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/agent/frame_buffer.h"
#include "services/collect/procfs.h"
#include "services/model/frame.h"

namespace syspulse {

// What streams to the service did since the start.
struct PushFigures {
  std::int64_t reconnects = 0;  // streams that were opened again
  std::int64_t sent_bytes = 0;  // of messages
};

// Confined to one thread.
class AgentMetrics {
 public:
  // The agent changes slowly, and each frame costs the service as much as any other.
  static constexpr absl::Duration kInterval = absl::Seconds(10);

  AgentMetrics(const ProcFs& procfs, std::string host_id);

  // Returns the frame of `time`, or null if the one before is younger than kInterval.
  FramePtr SampleOnce(absl::Time time, const FrameBufferStats& buffer, const PushFigures& push);

 private:
  double ResidentBytes();

  const std::string host_id_;
  SchemaPtr schema_;
  std::vector<std::string> sources_;  // that the schema has
  ProcFile statm_;
  std::optional<absl::Time> last_;
};

}  // namespace syspulse

#endif  // SERVICES_AGENT_AGENT_METRICS_H_
