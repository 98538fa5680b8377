// Everything that is read of this host at one instant.
//
// The sampler owns the collectors and knows which source each belongs to: `system`, the process
// table and what it counts are read in every tick, the others at an interval of their own and by
// threads of their own (paced_source.h), because asking for them costs more, or may hang, and they
// change slowly.
//
//   Sampler sampler(&procfs, &clock, {.host_id = host.id});
//   for (const FramePtr& frame : sampler.SampleOnce(deadline).frames) Push(frame);
#ifndef SERVICES_COLLECT_SAMPLER_H_
#define SERVICES_COLLECT_SAMPLER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/collect/collector_settings.h"
#include "services/collect/collector_spec.h"
#include "services/collect/kernel/timex_collector.h"
#include "services/collect/paced_source.h"
#include "services/collect/procfs.h"
#include "services/collect/source.h"
#include "services/collect/storage/statfs_prober.h"
#include "services/collect/workload/process_collector.h"
#include "services/model/frame.h"
#include "services/model/process_table.h"

namespace syspulse {

struct SamplerOptions {
  std::string host_id;  // without "hosts/"
  CollectorSettings collectors;
  Pace slow_pace;         // of the sources that are not read in every tick
  bool processes = true;  // whether to read the process table
  ProcessOptions process_options;
  StatfsFunction statfs;  // null: asks the filesystems below the host's root
  StatfsOptions statfs_options;
  ReadTimex read_timex = adjtimex;
  absl::TimeZone zone = absl::LocalTimeZone();  // of the host
};

// What one tick gave.
struct HostSample {
  std::vector<FramePtr>
      frames;  // of `system` and `processes`, and of the slower sources that were read meanwhile
  ProcessTablePtr processes;  // null if it is not wanted or could not be read
};

// Confined to one thread.
class Sampler {
 public:
  // `procfs` and `clock` must outlive this, and so must what `options.statfs` refers to, for as
  // long as something hangs.
  Sampler(const ProcFs* procfs, const Clock* clock, SamplerOptions options);
  ~Sampler();
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  // Reads what belongs to every tick and starts reading what else is due at `deadline`, which
  // becomes the time of all of it; what is read later comes with a later call. The first call
  // starts all sources. Rates of processes are absent in the first call.
  HostSample SampleOnce(absl::Time deadline);

  // Reads some of it again between two ticks, for readers who want more. What is not asked for is
  // left out.
  HostSample SampleBetween(absl::Time deadline, bool system, bool processes);

  // Waits for the sources that are being read, and returns their frames: for who wants everything
  // once. Leaves out what takes longer than `timeout`.
  std::vector<FramePtr> WaitForSlowSources(absl::Time deadline, absl::Duration timeout);

  // From now on the table holds all processes, or those that use most only, as from the start.
  void SetAllProcesses(bool all);

  // From now on a pass over all processes may take this long, about.
  void SetProcessBudget(absl::Duration budget);

  // Returns what could not be seen and why, as of the last sample, in sentences.
  std::vector<std::string> Limitations() const;

 private:
  void MakeSources(const CollectorContext& context);
  void ReadProcesses(absl::Time deadline, HostSample* sample);
  void ReadProcessTable(absl::Time deadline, HostSample* sample);

  const SamplerOptions options_;
  const ProcFs* const procfs_;
  const Clock* const clock_;
  std::unique_ptr<Source> system_;
  std::vector<std::unique_ptr<PacedSource>> slow_;
  std::unique_ptr<ProcessCollector> processes_;  // null if neither table nor counts are wanted
  std::unique_ptr<Source> process_counts_;       // reads what `processes_` counted
  bool processes_failing_ = false;               // and that was logged
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_SAMPLER_H_
