// Agents of a fleet as the service sees them: what syspulse-agent sends with, its buffer and its
// stream, under hosts that are played.
//
// An agent measures on whole seconds. A clock that all share sends all frames at once; `spread`
// says over which part of each second they leave instead.
#ifndef TESTS_BENCH_FLEET_AGENTS_H_
#define TESTS_BENCH_FLEET_AGENTS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/agent/frame_buffer.h"
#include "services/agent/push_stream.h"
#include "services/base/clock.h"
#include "tests/bench/fleet/fleet.h"
#include "tests/bench/fleet/timing.h"

namespace syspulse {

struct AgentsOptions {
  std::string server;  // HOST:PORT
  std::size_t agents = 200;
  std::size_t connections = 0;                    // they share; 0: one each
  absl::Duration spread = absl::Seconds(1);       // from zero to a second
  absl::Duration jitter = absl::Milliseconds(5);  // by which a frame leaves later, at most
};

// What became of the frames so far.
struct AgentsCounts {
  std::int64_t sent = 0;
  std::int64_t acknowledged = 0;
  std::int64_t dropped = 0;  // refused by the service, or more than the buffer holds
  std::int64_t reconnects = 0;
};

// Thread-safe, except for what says otherwise.
class PlayedAgents {
 public:
  // Connects. All pointers must outlive this.
  PlayedAgents(const AgentsOptions& options, const Fleet* fleet, const Clock* clock);
  ~PlayedAgents();
  PlayedAgents(const PlayedAgents&) = delete;
  PlayedAgents& operator=(const PlayedAgents&) = delete;

  // Lets every agent measure at `second` and the frames leave, until its end at most. Only if
  // `timed` do they count for the times below. Of one thread.
  void PlaySecond(absl::Time second, bool timed);

  // Waits until all frames were acknowledged or dropped, for so long at most. Agents that have some
  // left after a while end their streams.
  bool WaitUntilSettled(absl::Duration patience);

  AgentsCounts Counts() const;

  // When frames left, for those who see them arrive.
  const SendTimes& send_times() const { return send_times_; }
  // How much later frames left than they were to: how well this keeps up itself.
  const Latencies& late() const { return late_; }
  // From when they left to their acknowledgement.
  const Latencies& acknowledged_after() const { return acknowledged_after_; }

 private:
  struct Agent {
    Agent(const Fleet* fleet, std::size_t number);

    PlayedHost host;
    FrameBuffer buffer;
    std::unique_ptr<PushStream> stream;
  };

  FramePtr Share(Frame frame, absl::Duration sent, bool timed);
  void OnReleased(absl::Duration sent, bool timed);

  const AgentsOptions options_;
  const Clock* const clock_;
  SendTimes send_times_;
  Latencies late_;
  Latencies acknowledged_after_;
  std::atomic<std::int64_t> sent_ = 0;
  std::atomic<std::int64_t> released_ = 0;  // by the buffers: acknowledged or dropped
  std::atomic<bool> ending_ = false;        // what is released now is neither
  std::deque<Agent> agents_;
};

}  // namespace syspulse

#endif  // TESTS_BENCH_FLEET_AGENTS_H_
