// syspulsed: takes what agents measure and serves it. Here everything is made and put together.
#include <google/protobuf/stubs/logging.h>
#include <grpc/grpc.h>
#include <grpc/support/log.h>
#include <malloc.h>

#include <cstdint>
#include <memory>
#include <random>
#include <stop_token>
#include <thread>
#include <utility>
#include <variant>

#include "services/api/access.h"
#include "services/api/fanout.h"
#include "services/api/query_evaluator.h"
#include "services/api/snapshot_feed.h"
#include "services/api/snapshot_view.h"
#include "services/base/clock.h"
#include "services/base/listen_address.h"
#include "services/base/log.h"
#include "services/base/periodic.h"
#include "services/base/process_limits.h"
#include "services/base/signals.h"
#include "services/base/status_macros.h"
#include "services/base/supervisor.h"
#include "services/base/version.h"
#include "services/base/worker_pool.h"
#include "services/callbacks/callback_threads.h"
#include "services/collect/procfs.h"
#include "services/exporter/exporter.h"
#include "services/history/history.h"
#include "services/history/host_health.h"
#include "services/hub/completeness.h"
#include "services/hub/hub.h"
#include "services/remote_write/series_writer.h"
#include "services/server/grpc_server.h"
#include "services/server/heap_trimmer.h"
#include "services/server/options.h"
#include "services/state/data_dir.h"
#include "services/state/host_file.h"
#include "services/state/host_saver.h"
#include "services/store/store.h"

namespace syspulse {
namespace {

// Each arena of malloc keeps what its threads once needed; two are enough for two cores, and memory
// stays a fraction.
constexpr int kMallocArenas = 2;

// How long memory that a burst left behind may stay.
constexpr absl::Duration kTrimInterval = absl::Seconds(5);

// gRPC's own lines are for those who debug it; what matters comes back as a status.
void LogOfGrpc(gpr_log_func_args* args) { LogDebug("grpc: %s", std::string_view(args->message)); }

// What protobuf has to say is about messages of others, who get a status; they must not fill the
// log.
void LogOfProtobuf(google::protobuf::LogLevel, const char*, int, const std::string& message) {
  LogDebug("protobuf: %s", message);
}

absl::Status CheckListeners(const ServerOptions& options) {
  for (const auto& [address, flag] : {std::pair(options.grpc_listen, "grpc-listen"),
                                      std::pair(options.exporter_listen, "exporter-listen")}) {
    if (address.empty() && std::string_view(flag) == "exporter-listen") continue;
    RETURN_IF_ERROR(CheckListenAddress(address, flag));
    if (IsLoopback(address) || options.insecure) continue;
    return absl::FailedPreconditionError(absl::StrFormat(
        "--%s=%s can be reached from other machines, and TLS and keys are not there yet; listen on "
        "127.0.0.1, or say --insecure to let anyone read and push",
        flag, address));
  }
  return absl::OkStatus();
}

StoreOptions HowToStore(const DataDir& data_dir, const ServerOptions& options) {
  return {
      .directory = data_dir.path() + "/history",
      .blocks = {.retention = options.retention_time, .retention_bytes = options.retention_bytes}};
}

SeriesWriterOptions HowToTakeWrites(const ServerOptions& options) {
  std::random_device random;
  return {.max_series = static_cast<std::size_t>(options.remote_write_max_series),
          .oldest = options.retention_time,
          .seed = std::uint64_t{random()} << 32 | random()};
}

void Reload(int argc, const char* const* argv, CommonOptions* options) {
  const auto parsed = ParseServerOptions(argc, argv, [](const std::string& sentence) {
    LogError("nothing was reloaded: %s", sentence);
  });
  if (const auto* const again = std::get_if<ServerOptions>(&parsed)) {
    ReloadLog(again->common, options);
  }
}

// Tells the hub which samples there are of before, host by host: reading them takes its time.
void LearnPast(const History& history, const Clock& clock, Hub* hub, const std::stop_token& stop) {
  const absl::Time since = clock.Now() - Completeness::kWindow;
  for (const HostPtr& host : hub->Hosts()) {
    if (stop.stop_requested()) return;
    hub->LearnPast(host->id, history.SampleTimes(host->id, kSystemSource, since));
  }
}

absl::Status Serve(ServerOptions options, int argc, const char* const* argv) {
  RETURN_IF_ERROR(CheckListeners(options));
  const bool local = IsLoopback(options.grpc_listen);
  ASSIGN_OR_RETURN(const Access access,
                   Access::Create(ApiServices(), local ? Reach::kThisMachine : Reach::kNetwork));
  ASSIGN_OR_RETURN(const DataDir data_dir, DataDir::Open(options.data_dir));

  const SystemClock clock;
  Supervisor supervisor(SupervisorOfEnvironment(), &clock);
  Hub hub(&clock, {.recent_duration = options.recent_duration,
                   .recent_bytes = options.recent_bytes,
                   .recent_sources = {kSystemSource, kFilesystemSource}});  // what snapshots are of
  hub.Restore(LoadHosts(data_dir));
  const HostSaver host_saver(&hub, &data_dir, &clock);
  const std::unique_ptr<FileSystem> files = PosixFileSystem();
  ASSIGN_OR_RETURN(const std::unique_ptr<History> history,
                   History::Open(&hub, HowToStore(data_dir, options), files.get(), &clock));
  WorkerPool workers(WorkerPool::ThreadsOfMachine());
  const QueryEvaluator queries(&history->series(), &clock, &workers);
  const SnapshotView view;
  Fanout fanout(&hub, &view, &clock);
  ServiceMetrics metrics;
  const Periodic states(&clock, absl::Seconds(1), [&] {
    hub.UpdateStates();  // takes the lock that everything goes through
    supervisor.Alive();
  });
  const ProcFs procfs;
  HeapTrimmer heap(procfs);
  const Periodic trims(&clock, kTrimInterval, [&] { heap.TrimIfMuchIsFree(); });

  ASSIGN_OR_RETURN(
      const std::unique_ptr<GrpcServer> server,
      GrpcServer::Start({&hub, &view, &fanout, &access, &metrics, history.get(), &queries, &clock},
                        {.address = options.grpc_listen,
                         .max_streams = static_cast<std::size_t>(options.max_streams),
                         .writes = HowToTakeWrites(options)}));
  CallbackThreads callback_threads(&clock);
  const Periodic looks(&clock, CallbackThreads::kLookInterval, [&] { callback_threads.Look(); });
  LogInfo("listening on %s (grpc)", server->address());
  if (!local) {
    LogWarning("%s can be reached from other machines, without TLS; anyone may read and push",
               server->address());
  }
  const std::jthread learning(
      [&](const std::stop_token& stop) { LearnPast(*history, clock, &hub, stop); });
  HostHealth health(&hub, history.get(), &clock);
  const Periodic healths(&clock, HostHealth::kInterval, [&] { health.Write(); });
  const ServiceParts service{
      .hub = &hub, .metrics = &metrics, .procfs = &procfs, .store = [kept = history.get()] {
        return kept->stats();
      }};
  std::unique_ptr<Exporter> exporter;
  if (!options.exporter_listen.empty()) {
    ASSIGN_OR_RETURN(exporter, Exporter::Create(options.exporter_listen, service));
    LogInfo("listening on %s (metrics)", WithPort(options.exporter_listen, exporter->port()));
  }
  supervisor.Ready();
  WaitForShutdown([&] {
    supervisor.Reloading();
    Reload(argc, argv, &options.common);
    supervisor.Ready();
  });
  supervisor.Stopping();
  LogInfo("stopping");
  server->Stop();
  return absl::OkStatus();
}

int Main(int argc, const char* const* argv) {
  BlockSignals();
  // Once, and never let go of: with the last of its users gRPC would wait for threads of its own,
  // one of which may look after a connection with much left to write for 10 s more.
  grpc_init();
  const auto parsed = ParseServerOptions(argc, argv);
  if (const int* const code = std::get_if<int>(&parsed)) return *code;
  const auto& options = std::get<ServerOptions>(parsed);
  if (const absl::Status status = BeginLog(options.common); !status.ok()) {
    LogError("%s", std::string(status.message()));
    return kExitUsage;
  }
  mallopt(M_ARENA_MAX, kMallocArenas);
  gpr_set_log_function(LogOfGrpc);
  google::protobuf::SetLogHandler(LogOfProtobuf);
  // A connection costs a descriptor, and gRPC does not recover well from having none left.
  RaiseDescriptorLimit();
  SkipLockOrderChecks();
  LogInfo("syspulsed %s", kVersion);
  if (const absl::Status status = Serve(options, argc, argv); !status.ok()) {
    LogError("%s", std::string(status.message()));
    return absl::IsInvalidArgument(status) ? kExitUsage : kExitFailed;
  }
  return kExitOk;
}

}  // namespace
}  // namespace syspulse

int main(int argc, char** argv) { return syspulse::Main(argc, argv); }
