// syspulse-gateway: the edge for browsers and scripts.
#include <grpc/grpc.h>
#include <malloc.h>

#include <algorithm>
#include <iostream>
#include <string>

#include "clients/cpp/channel.h"
#include "clients/cpp/server_address.h"
#include "services/base/clock.h"
#include "services/base/log.h"
#include "services/base/periodic.h"
#include "services/base/process_limits.h"
#include "services/base/signals.h"
#include "services/base/supervisor.h"
#include "services/callbacks/callback_threads.h"
#include "web-gateway/server/contract.h"
#include "web-gateway/server/gateway.h"
#include "web-gateway/server/limits.h"
#include "web-gateway/server/options.h"

namespace syspulse {
namespace {

// Between signs of life while nobody waits for them.
constexpr absl::Duration kRest = absl::Hours(1);

int FailUsage(std::string_view sentence) {
  std::cerr << "syspulse-gateway: " << sentence << "\n";
  return kExitUsage;
}

// Reads everything again: settings, and the dashboard's files.
void Reload(int argc, const char* const* argv, GatewayOptions* options, Gateway* gateway) {
  GatewayOptions again;
  again.common.complain = [](const std::string& sentence) {
    LogError("no setting was reloaded: %s", sentence);
  };
  if (!ParseGatewayOptions(argc, argv, &again)) ReloadLog(again.common, &options->common);
  const absl::Status status = gateway->ReloadFiles();
  if (status.ok()) {
    LogInfo("read the dashboard's files again");
  } else {
    LogError("%s", std::string(status.message()));
  }
}

int Run(GatewayOptions options, int argc, const char* const* argv) {
  // Once, and never let go of: with the last of its users gRPC would wait for threads of its own,
  // one of which may look after a connection with much left to write for 10 s more.
  grpc_init();
  const auto listen = ParseListenAddress(options.http_listen);
  if (!listen.ok()) return FailUsage(std::string(listen.status().message()) + " (--http-listen)");
  if (!IsLoopback(listen->host) && !options.insecure) {
    return FailUsage("--http-listen=" + options.http_listen +
                     " is open to the network, without TLS; listen on 127.0.0.1 behind a proxy, or "
                     "add --insecure");
  }
  if (const auto server = ParseServer(options.server); !server.ok()) {
    return FailUsage(std::string(server.status().message()) + " (--server)");
  }
  // Large bodies and answers have mappings of their own, which end with them: malloc would begin to
  // keep what a burst of them took. The pieces of an answer come from what is kept: pages that are
  // given back after each cost as much as what is written into them.
  mallopt(M_MMAP_THRESHOLD, 256 << 10);
  mallopt(M_TRIM_THRESHOLD, 1 << 20);
  RaiseDescriptorLimit();  // every connection is one
  const SystemClock clock;
  Supervisor supervisor(SupervisorOfEnvironment(), &clock);
  auto gateway = Gateway::Create({.listen = *listen,
                                  .server_address = options.server,
                                  .exporter_address = options.exporter_address,
                                  .static_dir = options.static_dir,
                                  .allowed_hosts = options.allowed_hosts,
                                  .allowed_origins = options.allowed_origins,
                                  .alive = [&] { supervisor.Alive(); },
                                  .alive_interval = std::min(supervisor.alive_interval(), kRest)},
                                 MakeChannel({.server = options.server,
                                              .program = "syspulse-gateway",
                                              .max_receive_bytes = kMaxAnswerBytes}),
                                 EmbeddedDescriptorSet());
  if (!gateway.ok()) {
    LogError("%s", std::string(gateway.status().message()));
    return kExitFailed;
  }
  CallbackThreads callback_threads(&clock);
  const Periodic looks(&clock, CallbackThreads::kLookInterval, [&] { callback_threads.Look(); });
  LogInfo("listening on %s:%d (http)", listen->host, (*gateway)->port());
  supervisor.Ready();
  WaitForShutdown([&] {
    supervisor.Reloading();
    Reload(argc, argv, &options, gateway->get());
    supervisor.Ready();
  });
  supervisor.Stopping();
  LogInfo("stopping");
  return kExitOk;
}

}  // namespace
}  // namespace syspulse

int main(int argc, char** argv) {
  syspulse::BlockSignals();
  syspulse::SkipLockOrderChecks();
  syspulse::GatewayOptions options;
  if (const auto exit_code = syspulse::ParseGatewayOptions(argc, argv, &options)) {
    return *exit_code;
  }
  if (const auto status = syspulse::BeginLog(options.common); !status.ok()) {
    return syspulse::FailUsage(std::string(status.message()));
  }
  return syspulse::Run(options, argc, argv);
}
