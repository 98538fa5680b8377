// syspulse-agent: samples this host and pushes what it measures to syspulsed.
#include <memory>
#include <random>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "clients/cpp/channel.h"
#include "services/agent/agent_metrics.h"
#include "services/agent/footprint.h"
#include "services/agent/frame_buffer.h"
#include "services/agent/options.h"
#include "services/agent/push_stream.h"
#include "services/base/clock.h"
#include "services/base/log.h"
#include "services/base/periodic.h"
#include "services/base/process_limits.h"
#include "services/base/signals.h"
#include "services/base/version.h"
#include "services/collect/host_info.h"
#include "services/collect/sampler.h"

namespace syspulse {
namespace {

constexpr absl::Duration kFlushTimeout = absl::Seconds(2);
constexpr absl::Duration kFirstSample = absl::Milliseconds(500);  // for its slow sources

// Names this run; see PushFramesHello.session_id.
std::string RandomSessionId() {
  std::random_device random;
  return absl::StrFormat("%08x%08x%08x%08x", random(), random(), random(), random());
}

absl::StatusOr<Host> Describe(const ProcFs& procfs, const AgentOptions& options) {
  auto host = DescribeHost(procfs, {.host_id = options.host_id});
  if (!host.ok()) return host;
  host->labels = options.labels;
  host->agent_version = kVersion;
  host->sample_interval = options.interval;
  return host;
}

int Run(const AgentOptions& options) {
  const SystemClock clock;
  const ProcFs procfs(options.roots);
  auto host = Describe(procfs, options);
  if (!host.ok()) {
    LogError("%s", std::string(host.status().message()));
    return kExitFailed;
  }
  Sampler sampler(&procfs, &clock,
                  {.host_id = host->id,
                   .collectors = options.collectors,
                   .slow_pace = {.interval = options.slow_interval},
                   .statfs_options = {.stuck_after = options.mount_timeout}});
  AgentMetrics metrics(procfs, host->id);
  FrameBuffer buffer(options.buffer_bytes);

  // The first sample is read at the next whole second, however long the interval; what it could
  // not see belongs into the hello.
  const absl::Time first = NextMultiple(clock.Now(), std::min(options.interval, absl::Seconds(1)));
  clock.SleepUntil(first, {});
  Sample sample = sampler.SampleOnce(first);
  for (FramePtr& frame : sampler.WaitForSlowSources(first, kFirstSample)) {
    sample.frames.push_back(std::move(frame));
  }
  buffer.Add(std::move(sample.frames), std::move(sample.processes));
  for (std::string& limitation : sampler.Limitations()) {
    LogInfo("limited: %s", limitation);
    host->limitations.push_back(std::move(limitation));
  }

  PushStream push(
      MakeChannel({.server = options.server, .program = "syspulse-agent"}), &buffer,
      {.server = options.server, .host = *std::move(host), .session_id = RandomSessionId()});
  {
    bool started = false;
    const Periodic loop(&clock, options.interval, [&](absl::Time deadline) {
      Sample tick = sampler.SampleOnce(deadline);
      if (FramePtr own = metrics.SampleOnce(deadline, buffer.Stats(), push.reconnects())) {
        tick.frames.push_back(std::move(own));
      }
      buffer.Add(std::move(tick.frames), std::move(tick.processes));
      push.Wake();
      if (!std::exchange(started, true)) ForgetTheStart();
    });
    WaitForShutdown(nullptr);
  }
  if (!push.Flush(kFlushTimeout)) {
    LogWarning("stopping; samples that the service did not take over: %d", buffer.Stats().batches);
  }
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
  return syspulse::Main(argc, argv);
}
