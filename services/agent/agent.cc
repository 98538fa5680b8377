#include "services/agent/agent.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/agent/footprint.h"
#include "services/agent/reload.h"
#include "services/base/log.h"
#include "services/base/status_macros.h"
#include "services/base/version.h"
#include "services/collect/host_info.h"

namespace syspulse {
namespace {

constexpr absl::Duration kSpoolInterval = absl::Seconds(1);
constexpr int kProcessShare = 20;  // of an interval, one part is for measuring processes
constexpr absl::Duration kMostOfProcesses = absl::Seconds(1);
constexpr int kSettledTicks = 15;  // by then it is connected, and the slow sources were read again
constexpr absl::Duration kFirstSample = absl::Milliseconds(500);  // for its slow sources

absl::Duration ProcessBudget(absl::Duration interval) {
  return std::min(interval / kProcessShare, kMostOfProcesses);
}

PaceLimits LimitsOf(const AgentOptions& options) {
  return {.interval = options.interval, .least = options.min_interval};
}

SamplerOptions WhatToSample(const std::string& host_id, const AgentOptions& options) {
  return {.host_id = host_id,
          .collectors = options.collectors,
          .slow_pace = {.interval = options.slow_interval},
          .processes = !options.server.empty(),  // scrapers do not read the table
          .process_options = {.top = static_cast<std::size_t>(options.process_top),
                              .budget = ProcessBudget(options.interval)},
          .statfs_options = {.stuck_after = options.mount_timeout}};
}

std::string Joined(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : ", ") + word;
  return joined;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Agent>> Agent::Start(const AgentOptions& options, const Clock* clock,
                                                    Supervisor* supervisor) {
  const ProcFs procfs(options.roots);
  RETURN_IF_ERROR(procfs.CheckRoots());
  ASSIGN_OR_RETURN(Host host, DescribeHost(procfs, {.host_id = options.host_id}));
  host.agent_version = kVersion;
  auto agent = std::unique_ptr<Agent>(new Agent(options, std::move(host), clock, supervisor));
  RETURN_IF_ERROR(agent->outlets_.Listen(options));  // now: a port that is taken need not wait
  agent->TakeFirstSample();
  agent->outlets_.Announce(options.exporter_listen);
  agent->StartLoops();
  supervisor->Ready();
  return agent;
}

Agent::Agent(const AgentOptions& options, Host host, const Clock* clock, Supervisor* supervisor)
    : options_(options),
      clock_(clock),
      supervisor_(supervisor),
      procfs_(options.roots),
      host_(std::move(host)),
      pace_(LimitsOf(options)),
      outlets_(options, host_.id, &procfs_, clock,
               [this](const Demand& demand) { pace_.SetDemand(demand); }),
      sampler_(MakeSampler()),
      metrics_(procfs_, host_.id) {}

std::unique_ptr<Sampler> Agent::MakeSampler() const {
  return std::make_unique<Sampler>(&procfs_, clock_, WhatToSample(host_.id, options_));
}

Host Agent::HostNow() const {
  Host host = host_;
  host.labels = options_.labels;
  host.sample_interval = options_.interval;
  MutexLock lock(mutex_);
  host.limitations = limitations_;
  return host;
}

// The first sample is read at the next whole second, however long the interval; what it could not
// see belongs into the hello.
void Agent::TakeFirstSample() {
  const absl::Time first =
      NextMultiple(clock_->Now(), std::min(options_.interval, absl::Seconds(1)));
  clock_->SleepUntil(clock_->Monotonic() + (first - clock_->Now()), {});
  HostSample sample = sampler_->SampleOnce(first);
  for (FramePtr& frame : sampler_->WaitForSlowSources(first, kFirstSample)) {
    sample.frames.push_back(std::move(frame));
  }
  std::vector<std::string> limitations = sampler_->Limitations();
  for (const std::string& limitation : limitations) LogInfo("limited: %s", limitation);
  {
    MutexLock lock(mutex_);
    limitations_ = std::move(limitations);
  }
  outlets_.Connect(options_.server, HostNow());
  outlets_.Take(std::move(sample));
}

void Agent::StartLoops() {
  if (outlets_.has_spool()) {
    spooling_.emplace(clock_, kSpoolInterval, [this] { outlets_.Spool(); });
  }
  loop_.emplace(clock_, TickLoopOptions{.interval = options_.interval,
                                        .alive_interval = supervisor_->alive_interval(),
                                        .tick = [this](absl::Time deadline) { Tick(deadline); },
                                        .alive = [this] { supervisor_->Alive(); }});
  pace_.Follow(
      [this](absl::Duration interval, absl::Duration own) { loop_->SetInterval(interval, own); });
}

void Agent::Tick(absl::Time deadline) {
  const TickPurpose purpose = pace_.PurposeOf(deadline);
  sampler_->SetAllProcesses(purpose.all_processes);
  sampler_->SetProcessBudget(ProcessBudget(purpose.process_interval));
  if (purpose.own) return TakeSample(deadline);
  if (!purpose.system && !purpose.processes) return;  // nobody wants it any more
  outlets_.TakeInterim(sampler_->SampleBetween(deadline, purpose.system, purpose.processes));
}

void Agent::TakeSample(absl::Time deadline) {
  HostSample tick = sampler_->SampleOnce(deadline);
  if (retired_ != nullptr) TakeFromRetired(deadline, &tick);
  const FrameBufferStats stats = outlets_.stats();
  if (FramePtr own = metrics_.SampleOnce(deadline, stats, outlets_.figures())) {
    tick.frames.push_back(std::move(own));
  }
  if (const auto said = drops_.Next(stats, clock_->Monotonic())) LogWarning("%s", *said);
  outlets_.Take(std::move(tick));
  NoteLimitations();
  if (++ticks_ == 1 || ticks_ == kSettledTicks) ForgetTheStart();
  ChangeSampler(deadline);
}

void Agent::ChangeSampler(absl::Time deadline) {
  std::unique_ptr<Sampler> next;
  {
    MutexLock lock(mutex_);
    next = std::move(next_sampler_);
  }
  if (next == nullptr) return;
  next->SampleOnce(deadline);  // what rates are made from; the frames are those of the tick
  retired_ = std::exchange(sampler_, std::move(next));
}

void Agent::TakeFromRetired(absl::Time deadline, HostSample* tick) {
  for (FramePtr& frame : retired_->WaitForSlowSources(deadline, absl::ZeroDuration())) {
    tick->frames.push_back(std::move(frame));
  }
  retired_.reset();
  ForgetTheStart();
}

// The service learns of limitations with the next hello only; the log has them at once.
void Agent::NoteLimitations() {
  std::vector<std::string> limitations = sampler_->Limitations();
  std::vector<std::string> known;
  {
    MutexLock lock(mutex_);
    known = std::exchange(limitations_, limitations);
  }
  for (const std::string& limitation : limitations) {
    if (std::ranges::find(known, limitation) == known.end()) LogWarning("limited: %s", limitation);
  }
}

void Agent::Reload(const AgentOptions& again) {
  ReloadPlan plan = PlanReload(options_, again);
  options_ = std::move(plan.options);
  if (const absl::Status status = BeginLog(options_.common); !status.ok()) {
    LogError("%s", std::string(status.message()));
  }
  if (plan.sampler) {
    std::unique_ptr<Sampler> sampler = MakeSampler();
    MutexLock lock(mutex_);
    next_sampler_ = std::move(sampler);
  }
  pace_.SetLimits(LimitsOf(options_));
  if (plan.stream) outlets_.Connect(options_.server, HostNow());
  for (const std::string& sentence : plan.refused) LogWarning("%s", sentence);
  LogInfo("reloaded; changed: %s", plan.applied.empty() ? "nothing" : Joined(plan.applied));
}

void Agent::Finish() {
  pace_.Follow(nullptr);
  loop_.reset();
  spooling_.reset();
  outlets_.Finish();
}

}  // namespace syspulse
