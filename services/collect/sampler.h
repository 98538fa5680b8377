// Everything that is read of this host at one instant.
//
// The sampler owns the collectors and knows which source each belongs to: `system` is read every
// tick, `filesystem` at an interval of its own because asking for it costs more and changes slowly,
// and the process table every tick. A collector that fails reports so in its own metrics and costs
// nobody else anything.
//
//   Sampler sampler(&procfs, &clock, {.host_id = host.id});
//   Periodic loop(&clock, absl::Seconds(1), [&](absl::Time deadline) {
//     for (const FramePtr& frame : sampler.SampleOnce(deadline).frames) Push(frame);
//   });
#ifndef SERVICES_COLLECT_SAMPLER_H_
#define SERVICES_COLLECT_SAMPLER_H_

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/collect/collector.h"
#include "services/collect/host_info.h"
#include "services/collect/metric_writer.h"
#include "services/collect/process_collector.h"
#include "services/collect/procfs.h"
#include "services/collect/statfs_prober.h"
#include "services/model/frame.h"
#include "services/model/process_table.h"

namespace syspulse {

struct SamplerOptions {
  std::string host_id;  // without "hosts/"
  absl::Duration filesystem_interval = absl::Seconds(10);
  bool processes = true;  // whether to read the process table
  StatfsFunction statfs;  // null: asks the filesystems below the host's root
  StatfsOptions statfs_options;
  absl::TimeZone zone = absl::LocalTimeZone();  // of the host
};

// What one tick gave.
struct Sample {
  std::vector<FramePtr> frames;  // one for each source that was due
  ProcessTablePtr processes;     // null if it is not wanted or could not be read
};

// Confined to one thread.
class Sampler {
 public:
  // `procfs` and `clock` must outlive this, and so must what `options.statfs` refers to, for as
  // long as a filesystem hangs.
  Sampler(const ProcFs* procfs, const Clock* clock, SamplerOptions options);
  ~Sampler();

  // Reads everything that is due at `deadline`, which becomes the time of all of it. The first call
  // reads all sources. Rates of processes are absent in the first call.
  Sample SampleOnce(absl::Time deadline);

  // Returns what could not be seen and why, as of the last sample, in sentences.
  std::vector<std::string> Limitations() const;

 private:
  // Collectors that share a frame.
  struct Source {
    std::string name;
    std::vector<std::unique_ptr<Collector>> collectors;
    MetricWriter writer;
  };

  FramePtr Read(Source* source, absl::Time deadline);
  void Collect(Collector* collector, MetricWriter* writer);
  bool FilesystemIsDue(absl::Time deadline);

  const Clock* const clock_;
  const SamplerOptions options_;
  Source system_;
  Source filesystem_;
  std::unique_ptr<ProcessCollector> processes_;  // null if not wanted
  std::optional<absl::Time> last_filesystem_;
  std::set<std::string_view> failing_;  // collectors whose failure was logged
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_SAMPLER_H_
