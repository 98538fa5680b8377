// syspulse-agent: samples this host, pushes what it measures to syspulsed, and shows it to
// Prometheus.
#include <algorithm>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "clients/cpp/channel.h"
#include "services/agent/agent_metrics.h"
#include "services/agent/drop_report.h"
#include "services/agent/footprint.h"
#include "services/agent/frame_buffer.h"
#include "services/agent/options.h"
#include "services/agent/push_stream.h"
#include "services/agent/spooler.h"
#include "services/base/clock.h"
#include "services/base/listen_address.h"
#include "services/base/log.h"
#include "services/base/periodic.h"
#include "services/base/process_limits.h"
#include "services/base/signals.h"
#include "services/base/version.h"
#include "services/collect/host_info.h"
#include "services/collect/sampler.h"
#include "services/exporter/agent_exporter.h"
#include "services/store/file_system.h"

namespace syspulse {
namespace {

constexpr absl::Duration kFlushTimeout = absl::Seconds(2);
constexpr absl::Duration kSpoolTimeout = absl::Seconds(2);
constexpr absl::Duration kSpoolInterval = absl::Seconds(1);
constexpr absl::Duration kLongestPause = absl::Seconds(30);  // between attempts to connect
constexpr int kProcessShare = 20;  // of an interval, one part is for measuring processes
constexpr absl::Duration kMostOfProcesses = absl::Seconds(1);
constexpr int kSettledTicks = 15;  // by then it is connected, and the slow sources were read again
constexpr absl::Duration kFirstSample = absl::Milliseconds(500);  // for its slow sources

// Names this run; see PushFramesHello.session_id.
std::string RandomSessionId() {
  std::random_device random;
  return absl::StrFormat("%08x%08x%08x%08x", random(), random(), random(), random());
}

int Failed(const absl::Status& status) {
  LogError("%s", std::string(status.message()));
  return absl::IsInvalidArgument(status) ? kExitUsage : kExitFailed;
}

absl::StatusOr<Host> Describe(const ProcFs& procfs, const AgentOptions& options) {
  auto host = DescribeHost(procfs, {.host_id = options.host_id});
  if (!host.ok()) return host;
  host->labels = options.labels;
  host->agent_version = kVersion;
  host->sample_interval = options.interval;
  return host;
}

// Returns what scrapers ask, null if none is wanted.
absl::StatusOr<std::unique_ptr<AgentExporter>> MakeExporter(const ProcFs& procfs,
                                                            const AgentOptions& options) {
  if (options.exporter_listen.empty()) return std::unique_ptr<AgentExporter>();
  return AgentExporter::Create(&procfs, {.listen = options.exporter_listen,
                                         .telemetry_path = options.telemetry_path,
                                         .own_metrics = options.exporter_metrics,
                                         .collectors = options.collectors});
}

SamplerOptions WhatToSample(const std::string& host_id, const AgentOptions& options) {
  return {
      .host_id = host_id,
      .collectors = options.collectors,
      .slow_pace = {.interval = options.slow_interval},
      .processes = !options.server.empty(),  // scrapers do not read the table
      .process_options = {.top = static_cast<std::size_t>(options.process_top),
                          .budget = std::min(options.interval / kProcessShare, kMostOfProcesses)},
      .statfs_options = {.stuck_after = options.mount_timeout}};
}

// Where samples go: to the service, to scrapers, or to both.
struct Outlets {
  Outlets(const AgentOptions& options, const std::string& host_id, const Clock* clock)
      : buffer(options.buffer_bytes) {
    if (options.server.empty() || options.spool_dir.empty()) return;
    spooler = std::make_unique<Spooler>(SpoolOptions{.directory = options.spool_dir,
                                                     .host_id = host_id,
                                                     .max_bytes = options.spool_bytes,
                                                     .max_age = options.spool_age},
                                        &buffer, files.get(), clock);
  }

  void Take(HostSample sample) {
    if (exporter != nullptr) exporter->OnFrames(sample.frames);
    if (push == nullptr) return;
    buffer.Add(std::move(sample.frames), std::move(sample.processes));
    push->Wake();
  }

  // Brings what is left to the service, else to the disk. Call it last.
  void Finish() {
    if (push == nullptr) return;
    bool all = push->Flush(kFlushTimeout);
    push.reset();
    if (spooler != nullptr) all = spooler->Finish(kSpoolTimeout);
    if (all) return;
    LogWarning("stopping; samples that the service did not take over: %d", buffer.Stats().batches);
  }

  FrameBuffer buffer;
  const std::unique_ptr<FileSystem> files = PosixFileSystem();
  std::unique_ptr<Spooler> spooler;         // null without a folder for it
  std::unique_ptr<PushStream> push;         // null without a service
  std::unique_ptr<AgentExporter> exporter;  // null without scrapers
};

// The first sample is read at the next whole second, however long the interval; what it could not
// see belongs into the hello.
HostSample TakeFirstSample(Sampler* sampler, const Clock& clock, absl::Duration interval) {
  const absl::Time first = NextMultiple(clock.Now(), std::min(interval, absl::Seconds(1)));
  clock.SleepUntil(first, {});
  HostSample sample = sampler->SampleOnce(first);
  for (FramePtr& frame : sampler->WaitForSlowSources(first, kFirstSample)) {
    sample.frames.push_back(std::move(frame));
  }
  return sample;
}

// The service learns of limitations with the next hello only; the log has them at once.
void SayWhatIsNew(std::vector<std::string> limitations, std::vector<std::string>* known) {
  for (const std::string& limitation : limitations) {
    if (std::ranges::find(*known, limitation) == known->end())
      LogWarning("limited: %s", limitation);
  }
  *known = std::move(limitations);
}

int Run(const AgentOptions& options) {
  const SystemClock clock;
  const ProcFs procfs(options.roots);
  if (const absl::Status roots = procfs.CheckRoots(); !roots.ok()) return Failed(roots);
  auto host = Describe(procfs, options);
  if (!host.ok()) return Failed(host.status());
  auto exporter = MakeExporter(procfs, options);  // now: a port that is taken need not wait
  if (!exporter.ok()) return Failed(exporter.status());
  Outlets outlets(options, host->id, &clock);
  outlets.exporter = *std::move(exporter);
  Sampler sampler(&procfs, &clock, WhatToSample(host->id, options));
  AgentMetrics metrics(procfs, host->id);

  HostSample first = TakeFirstSample(&sampler, clock, options.interval);
  for (std::string& limitation : sampler.Limitations()) {
    LogInfo("limited: %s", limitation);
    host->limitations.push_back(std::move(limitation));
  }
  if (!options.server.empty()) {
    outlets.push = std::make_unique<PushStream>(MakeChannel({.server = options.server,
                                                             .program = "syspulse-agent",
                                                             .longest_pause = kLongestPause,
                                                             .large_answers = false}),
                                                &outlets.buffer, &clock,
                                                PushOptions{.server = options.server,
                                                            .host = *std::move(host),
                                                            .session_id = RandomSessionId(),
                                                            .boot_id = ReadBootId(procfs)});
  }
  outlets.Take(std::move(first));
  if (outlets.exporter != nullptr) {
    LogInfo("listening on %s (metrics)",
            WithPort(options.exporter_listen, outlets.exporter->port()));
  }
  {
    std::optional<Periodic> spooling;
    if (outlets.spooler != nullptr) {
      spooling.emplace(&clock, kSpoolInterval, [&](absl::Time) { outlets.spooler->MoveOnce(); });
    }
    int ticks = 0;
    DropReport drops;
    std::vector<std::string> known = sampler.Limitations();
    const Periodic loop(&clock, options.interval, [&](absl::Time deadline) {
      sampler.SetAllProcesses(outlets.push != nullptr && outlets.push->wants_all_processes());
      HostSample tick = sampler.SampleOnce(deadline);
      const std::int64_t reconnects = outlets.push != nullptr ? outlets.push->reconnects() : 0;
      const FrameBufferStats stats = outlets.buffer.Stats();
      if (FramePtr own = metrics.SampleOnce(deadline, stats, reconnects)) {
        tick.frames.push_back(std::move(own));
      }
      if (const auto said = drops.Next(stats, clock.Monotonic())) LogWarning("%s", *said);
      outlets.Take(std::move(tick));
      SayWhatIsNew(sampler.Limitations(), &known);
      if (++ticks == 1 || ticks == kSettledTicks) ForgetTheStart();
    });
    WaitForShutdown(nullptr);
  }
  outlets.Finish();
  return kExitOk;
}

int Main(int argc, const char* const* argv) {
  AgentOptions options;
  if (const auto code = ParseAgentOptions(argc, argv, &options)) return *code;
  if (const absl::Status status = ConfigureLog(options.common.log_level, options.common.log_format);
      !status.ok()) {
    LogError("%s", std::string(status.message()));
    return kExitUsage;
  }
  RaiseDescriptorLimit();  // files of processes are kept open
  return Run(options);
}

}  // namespace
}  // namespace syspulse

int main(int argc, char** argv) {
  syspulse::ShareOneHeap();
  syspulse::BlockSignals();
  syspulse::SkipLockOrderChecks();
  syspulse::LimitThreadStacks();
  syspulse::ExplainShortage();
  return syspulse::Main(argc, argv);
}
