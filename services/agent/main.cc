// syspulse-agent: samples this host, pushes what it measures to syspulsed, and shows it to
// Prometheus.
#include <memory>
#include <string>

#include "services/agent/agent.h"
#include "services/agent/footprint.h"
#include "services/agent/options.h"
#include "services/base/clock.h"
#include "services/base/log.h"
#include "services/base/process_limits.h"
#include "services/base/signals.h"
#include "services/base/supervisor.h"

namespace syspulse {
namespace {

int Failed(const absl::Status& status) {
  LogError("%s", std::string(status.message()));
  return absl::IsInvalidArgument(status) ? kExitUsage : kExitFailed;
}

// Reads everything again: command line, environment and files.
void Reload(int argc, const char* const* argv, Supervisor* supervisor, Agent* agent) {
  supervisor->Reloading();
  AgentOptions options;
  options.common.complain = [](const std::string& sentence) {
    LogError("nothing was reloaded: %s", sentence);
  };
  if (!ParseAgentOptions(argc, argv, &options)) agent->Reload(options);
  supervisor->Ready();
}

int Main(int argc, const char* const* argv) {
  AgentOptions options;
  if (const auto code = ParseAgentOptions(argc, argv, &options)) return *code;
  if (const absl::Status status = BeginLog(options.common); !status.ok()) return Failed(status);
  RaiseDescriptorLimit();  // files of processes are kept open
  const SystemClock clock;
  Supervisor supervisor(SupervisorOfEnvironment(), &clock);
  const auto agent = Agent::Start(options, &clock, &supervisor);
  if (!agent.ok()) return Failed(agent.status());
  WaitForShutdown([&] { Reload(argc, argv, &supervisor, agent->get()); });
  supervisor.Stopping();
  (*agent)->Finish();
  return kExitOk;
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
