#include "services/collect/sampler.h"

#include <utility>

#include "services/base/log.h"
#include "services/collect/cpu_collector.h"
#include "services/collect/diskstats_collector.h"
#include "services/collect/filesystem_collector.h"
#include "services/collect/loadavg_collector.h"
#include "services/collect/meminfo_collector.h"
#include "services/collect/netdev_collector.h"
#include "services/collect/pressure_collector.h"
#include "services/collect/stat_collector.h"
#include "services/collect/time_collector.h"
#include "services/collect/uname_collector.h"
#include "services/collect/vmstat_collector.h"

namespace syspulse {
namespace {

constexpr Family kSuccess{"node_scrape_collector_success",
                          MetricType::kGauge,
                          "",
                          "node_exporter: Whether a collector succeeded.",
                          {"collector"}};
constexpr Family kDuration{"node_scrape_collector_duration_seconds",
                           MetricType::kGauge,
                           "seconds",
                           "node_exporter: Duration of a collector scrape.",
                           {"collector"}};
constexpr std::string_view kProcessTable = "process table";

std::vector<std::unique_ptr<Collector>> SystemCollectors(const ProcFs* procfs, const Clock* clock,
                                                         absl::TimeZone zone) {
  std::vector<std::unique_ptr<Collector>> collectors;
  collectors.push_back(std::make_unique<CpuCollector>(*procfs));
  collectors.push_back(std::make_unique<StatCollector>(*procfs));
  collectors.push_back(std::make_unique<LoadavgCollector>(*procfs));
  collectors.push_back(std::make_unique<MeminfoCollector>(*procfs));
  collectors.push_back(std::make_unique<VmstatCollector>(*procfs));
  collectors.push_back(std::make_unique<PressureCollector>(*procfs));
  collectors.push_back(std::make_unique<DiskstatsCollector>(procfs));
  collectors.push_back(std::make_unique<NetdevCollector>(procfs));
  collectors.push_back(std::make_unique<TimeCollector>(procfs, clock, zone));
  collectors.push_back(std::make_unique<UnameCollector>(*procfs));
  return collectors;
}

std::unique_ptr<Collector> MakeFilesystemCollector(const ProcFs* procfs, const Clock* clock,
                                                   const SamplerOptions& options) {
  StatfsFunction statfs = options.statfs;
  if (statfs == nullptr) {
    // A copy: threads that hang may outlive everything else.
    statfs = [copy = ProcFs(procfs->roots())](const std::string& mount_point) {
      return copy.StatFilesystem(mount_point);
    };
  }
  return std::make_unique<FilesystemCollector>(*procfs, clock, std::move(statfs),
                                               options.statfs_options);
}

}  // namespace

Sampler::Sampler(const ProcFs* procfs, const Clock* clock, SamplerOptions options)
    : clock_(clock),
      options_(std::move(options)),
      system_{.name = "system", .collectors = SystemCollectors(procfs, clock, options_.zone)},
      filesystem_{.name = "filesystem"} {
  filesystem_.collectors.push_back(MakeFilesystemCollector(procfs, clock, options_));
  if (options_.processes) {
    processes_ =
        std::make_unique<ProcessCollector>(procfs, clock, options_.host_id, UserNames(*procfs));
  }
}

Sampler::~Sampler() = default;

void Sampler::Collect(Collector* collector, MetricWriter* writer) {
  const absl::Duration start = clock_->Monotonic();
  const absl::Status status = collector->Collect(writer);
  writer->Add(kSuccess, status.ok() ? 1 : 0, collector->name());
  writer->Add(kDuration, absl::ToDoubleSeconds(clock_->Monotonic() - start), collector->name());
  if (status.ok()) {
    failing_.erase(collector->name());
  } else if (failing_.insert(collector->name()).second) {
    // Once for each time that it begins to fail. Kernels without a file are no surprise.
    const LogLevel level = absl::IsNotFound(status) ? LogLevel::kInfo : LogLevel::kWarning;
    Log(level, absl::StrFormat("collector %s fails: %s", collector->name(),
                               std::string(status.message())));
  }
}

FramePtr Sampler::Read(Source* source, absl::Time deadline) {
  for (const auto& collector : source->collectors) Collect(collector.get(), &source->writer);
  absl::StatusOr<Tick> tick = source->writer.Finish();
  if (!tick.ok()) {
    LogError("no frame of source %s: %s", source->name, std::string(tick.status().message()));
    return nullptr;
  }
  return std::make_shared<const Frame>(Frame{.host = options_.host_id,
                                             .source = source->name,
                                             .schema = std::move(tick->schema),
                                             .time = deadline,
                                             .values = std::move(tick->values)});
}

bool Sampler::FilesystemIsDue(absl::Time deadline) {
  const auto interval_of = [&](absl::Time time) {
    return absl::Floor(time - absl::UnixEpoch(), options_.filesystem_interval);
  };
  const bool due = !last_filesystem_ || interval_of(deadline) != interval_of(*last_filesystem_);
  if (due) last_filesystem_ = deadline;
  return due;
}

Sample Sampler::SampleOnce(absl::Time deadline) {
  Sample sample;
  if (FramePtr frame = Read(&system_, deadline)) sample.frames.push_back(std::move(frame));
  if (processes_ != nullptr) {
    absl::StatusOr<ProcessTablePtr> table = processes_->Collect(deadline);
    if (table.ok()) {
      failing_.erase(kProcessTable);
      sample.processes = *std::move(table);
    } else if (failing_.insert(kProcessTable).second) {
      LogWarning("no process table: %s", std::string(table.status().message()));
    }
  }
  if (FilesystemIsDue(deadline)) {
    if (FramePtr frame = Read(&filesystem_, deadline)) sample.frames.push_back(std::move(frame));
  }
  return sample;
}

std::vector<std::string> Sampler::Limitations() const {
  return processes_ != nullptr ? processes_->Limitations() : std::vector<std::string>();
}

}  // namespace syspulse
