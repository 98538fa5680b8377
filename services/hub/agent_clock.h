// What an agent's clocks say, beside ours: by how much its civil time is off, and when it was set.
//
// How far it is off is measured with every batch, as what the agent sent minus when we got it. A
// batch that took long makes the clock seem to lag, never to lead, so the largest of the last
// minute counts. That it was set is seen in the agent's own two clocks alone, however long batches
// take and however long the machine slept.
#ifndef SERVICES_HUB_AGENT_CLOCK_H_
#define SERVICES_HUB_AGENT_CLOCK_H_

#include <optional>

#include "absl/time/time.h"

namespace syspulse {

// What the clocks of an agent's machine said when it sent a batch.
struct AgentClock {
  absl::Time time;            // civil
  absl::Duration since_boot;  // sleep included; never jumps
};

// Confined to one thread; the hub's lock guards it.
class AgentClockWatch {
 public:
  // Takes what an agent said, got at `now`, `monotonic` by our clocks. Returns by how much its
  // clock was set since it was heard of last, above zero if forward; nothing if it was not, or by
  // less than a second.
  std::optional<absl::Duration> Add(const AgentClock& said, absl::Time now,
                                    absl::Duration monotonic);

  // Forgets what was said: another boot, or another machine, speaks from now on.
  void Restart();

  // Returns by how much the agent's clock is ahead of ours, to a millisecond; nothing while it has
  // not said what time it has.
  std::optional<absl::Duration> skew() const;

 private:
  // The largest skew since `begin`, monotonic.
  struct Span {
    absl::Duration begin;
    absl::Duration largest;
  };

  void AddSkew(absl::Duration skew, absl::Duration monotonic);

  std::optional<AgentClock> last_;
  absl::Time last_now_;            // ours, of that
  absl::Duration last_monotonic_;  // ours, of that
  std::optional<Span> before_;     // the half minute before
  std::optional<Span> current_;
};

}  // namespace syspulse

#endif  // SERVICES_HUB_AGENT_CLOCK_H_
