#include "services/collect/sampler.h"

#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/log.h"

namespace syspulse {
namespace {

// Returns what asks the filesystems of the host.
StatfsFunction AskHost(const ProcFs& procfs) {
  // A copy: threads that hang may outlive everything else.
  return [copy = std::make_shared<const ProcFs>(procfs.roots())](const std::string& mount_point) {
    return copy->StatFilesystem(mount_point);
  };
}

}  // namespace

Sampler::Sampler(const ProcFs* procfs, const Clock* clock, SamplerOptions options)
    : options_(std::move(options)), procfs_(procfs), clock_(clock) {
  const bool counted = options_.collectors.Runs("processes", true);
  if (options_.processes || counted) {
    ProcessOptions process_options = options_.process_options;
    process_options.count_threads = counted;
    processes_ = std::make_unique<ProcessCollector>(procfs, clock, options_.host_id,
                                                    UserNames(*procfs, clock), process_options);
  }
  MakeSources({.procfs = procfs,
               .clock = clock,
               .settings = &options_.collectors,
               .stat = std::make_shared<SharedFile>(procfs->Proc("stat", FileEnd::kShortRead)),
               .statfs = options_.statfs != nullptr ? options_.statfs : AskHost(*procfs),
               .statfs_options = options_.statfs_options,
               .read_timex = options_.read_timex,
               .zone = options_.zone,
               .process_counts = processes_ != nullptr ? &processes_->counts() : nullptr});
}

Sampler::~Sampler() = default;

void Sampler::MakeSources(const CollectorContext& context) {
  std::map<std::string_view, std::vector<std::unique_ptr<Collector>>> by_source;
  for (const CollectorSpec& spec : AllCollectors()) {
    if (!spec.Runs(options_.collectors)) continue;
    by_source[spec.source].push_back(spec.make(context));
  }
  for (auto& [name, collectors] : by_source) {
    auto source = std::make_unique<Source>(options_.host_id, std::string(name), clock_,
                                           std::move(collectors));
    if (name == kSystemSource) {
      system_ = std::move(source);
    } else if (name == kProcessesSource) {
      process_counts_ = std::move(source);
    } else {
      slow_.push_back(std::make_unique<PacedSource>(std::move(source), clock_, options_.slow_pace));
    }
  }
}

void Sampler::ReadProcessTable(absl::Time deadline, HostSample* sample) {
  if (processes_ == nullptr) return;
  absl::Status status = processes_->Measure();
  if (status.ok() && options_.processes) {
    absl::StatusOr<ProcessTablePtr> table = processes_->Table(deadline);
    status = table.status();
    if (table.ok()) sample->processes = *std::move(table);
  }
  if (!status.ok() && !processes_failing_) {
    LogWarning("no process table: %s", std::string(status.message()));
  }
  processes_failing_ = !status.ok();
}

void Sampler::ReadProcesses(absl::Time deadline, HostSample* sample) {
  ReadProcessTable(deadline, sample);
  if (process_counts_ == nullptr) return;
  if (FramePtr frame = process_counts_->Read(deadline)) sample->frames.push_back(std::move(frame));
}

HostSample Sampler::SampleOnce(absl::Time deadline) {
  HostSample sample;
  for (const auto& source : slow_) source->StartIfDue(deadline);
  if (system_ != nullptr) {
    if (FramePtr frame = system_->Read(deadline)) sample.frames.push_back(std::move(frame));
  }
  ReadProcesses(deadline, &sample);
  for (const auto& source : slow_) {
    while (FramePtr frame = source->Take(deadline)) sample.frames.push_back(std::move(frame));
  }
  return sample;
}

HostSample Sampler::SampleBetween(absl::Time deadline, bool system, bool processes) {
  HostSample sample;
  if (system && system_ != nullptr) {
    if (FramePtr frame = system_->Read(deadline)) sample.frames.push_back(std::move(frame));
  }
  if (processes) ReadProcessTable(deadline, &sample);
  return sample;
}

std::vector<FramePtr> Sampler::WaitForSlowSources(absl::Time deadline, absl::Duration timeout) {
  std::vector<FramePtr> frames;
  const absl::Duration end = clock_->Monotonic() + timeout;
  for (const auto& source : slow_) {
    source->WaitUntilRead(end - clock_->Monotonic());
    while (FramePtr frame = source->Take(deadline)) frames.push_back(std::move(frame));
  }
  return frames;
}

void Sampler::SetAllProcesses(bool all) {
  if (processes_ != nullptr) processes_->SetAll(all);
}

void Sampler::SetProcessBudget(absl::Duration budget) {
  if (processes_ != nullptr) processes_->SetBudget(budget);
}

std::vector<std::string> Sampler::Limitations() const {
  std::vector<std::string> limitations;
  if (processes_ != nullptr) limitations = processes_->Limitations();
  if (const std::string denied = procfs_->Denied(); !denied.empty()) {
    limitations.push_back(absl::StrFormat(
        "not all files may be read, such as %s; run the agent as root to have their values",
        denied));
  }
  return limitations;
}

}  // namespace syspulse
