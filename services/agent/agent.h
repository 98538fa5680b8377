// The agent whole: the loop that samples, and where samples go. Main and nothing else makes one.
//
//   ASSIGN_OR_RETURN(auto agent, Agent::Start(options, &clock, &supervisor));
//   WaitForShutdown([&] { agent->Reload(…); });
//   agent->Finish();
#ifndef SERVICES_AGENT_AGENT_H_
#define SERVICES_AGENT_AGENT_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/agent/agent_metrics.h"
#include "services/agent/drop_report.h"
#include "services/agent/options.h"
#include "services/agent/outlets.h"
#include "services/agent/sample_pace.h"
#include "services/agent/tick_loop.h"
#include "services/base/clock.h"
#include "services/base/mutex.h"
#include "services/base/periodic.h"
#include "services/base/supervisor.h"
#include "services/collect/procfs.h"
#include "services/collect/sampler.h"
#include "services/model/host.h"

namespace syspulse {

// Its methods are for one thread, that of main.
class Agent {
 public:
  // Takes the first sample, starts everything and tells the supervisor. The pointers must outlive
  // this. Errors of what the options say, such as a port that is taken.
  static absl::StatusOr<std::unique_ptr<Agent>> Start(const AgentOptions& options,
                                                      const Clock* clock, Supervisor* supervisor);

  // Goes on with other options, as far as that can be done without a restart; what cannot is
  // logged. No tick and no sample is lost.
  void Reload(const AgentOptions& again);

  // Stops sampling and brings what is left to the service, else to the disk. Call it last.
  void Finish();

 private:
  Agent(const AgentOptions& options, Host host, const Clock* clock, Supervisor* supervisor);

  void TakeFirstSample();
  void StartLoops();
  void Tick(absl::Time deadline);
  void TakeSample(absl::Time deadline);
  // Prepares the sampler that a reload made, if it made one, to be the one of the next tick.
  void ChangeSampler(absl::Time deadline);
  // What was read when the samplers changed comes one tick later.
  void TakeFromRetired(absl::Time deadline, HostSample* tick);
  void NoteLimitations();
  std::unique_ptr<Sampler> MakeSampler() const;
  Host HostNow() const;  // as the service is to know it

  AgentOptions options_;  // of main's thread
  const Clock* const clock_;
  Supervisor* const supervisor_;
  const ProcFs procfs_;
  const Host host_;  // without what a reload may change
  SamplePace pace_;
  Outlets outlets_;

  // Of the loop's thread.
  std::unique_ptr<Sampler> sampler_;
  std::unique_ptr<Sampler> retired_;  // for one more tick
  AgentMetrics metrics_;
  DropReport drops_;
  int ticks_ = 0;

  mutable Mutex mutex_;
  std::unique_ptr<Sampler> next_sampler_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> limitations_ ABSL_GUARDED_BY(mutex_);

  std::optional<Periodic> spooling_;  // none without a spool
  std::optional<TickLoop> loop_;      // last: uses everything above
};

}  // namespace syspulse

#endif  // SERVICES_AGENT_AGENT_H_
