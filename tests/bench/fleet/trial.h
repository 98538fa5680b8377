// One run of syspulse-load: the fleet plays, and what came of it is printed.
#ifndef TESTS_BENCH_FLEET_TRIAL_H_
#define TESTS_BENCH_FLEET_TRIAL_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include "services/base/clock.h"
#include "tests/bench/fleet/agents.h"
#include "tests/bench/fleet/fleet.h"

namespace syspulse {

struct TrialOptions {
  AgentsOptions agents;
  std::int64_t seconds = 60;  // behind the first frame of every agent, which is not timed
  std::size_t readers = 0;    // of snapshots
  bool live = true;           // whether one reads all frames
  bool stalled = false;       // whether one opens a stream and never reads, and one hardly does
  pid_t service = 0;          // whose cost is reported; 0: nobody's
  absl::Duration patience;    // for acknowledgements, at the end
};

// Returns whether every frame was acknowledged and stands in the history once.
bool RunTrial(const TrialOptions& options, const Fleet& fleet, const Clock& clock);

}  // namespace syspulse

#endif  // TESTS_BENCH_FLEET_TRIAL_H_
