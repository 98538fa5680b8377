#include "services/server/grpc_server.h"

#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server_builder.h>

#include "services/api/api_context.h"
#include "services/api/host_service.h"
#include "services/api/ingest_service.h"
#include "services/api/live_queries.h"
#include "services/api/live_service.h"
#include "services/api/metrics_service.h"
#include "services/api/otlp_service.h"
#include "services/api/process_service.h"
#include "services/api/push_intake.h"
#include "services/api/query_pool.h"
#include "services/api/query_service.h"
#include "services/api/series_intake.h"
#include "services/api/stream_registry.h"
#include "services/base/listen_address.h"
#include "services/base/periodic.h"
#include "services/remote_write/metadata_book.h"

namespace syspulse {
namespace {

// A batch of an agent that was cut off for a while holds up to a few thousand frames. All other
// requests are smaller.
constexpr int kLargestMessage = 16 << 20;

// One PushFrames stream a host, and no service is meant for more hosts.
constexpr std::size_t kMostAgents = 10'000;

// What OpenTelemetry may have: less than remote write, whose limit the operator sets, and so that
// no target takes all.
constexpr std::size_t kMostOtlpSeries = 400'000;
constexpr std::size_t kMostOtlpSeriesOfTarget = 50'000;

SeriesWriterOptions HowToTakeOtlp(SeriesWriterOptions options) {
  options.max_series = kMostOtlpSeries;
  options.max_target_series = kMostOtlpSeriesOfTarget;
  options.advice = "";
  options.source_prefix = "otlp/";
  return options;
}

// What a query may take while others take all threads, before it waits for one of those: what has
// a number at hand does not wait for what reads thousands, nor that for what reads millions.
constexpr promql::QueryLimits kInstantQuery = {.samples = 500'000, .time = absl::Milliseconds(10)};
constexpr promql::QueryLimits kQuickQuery = {.samples = 5'000'000, .time = absl::Milliseconds(200)};

// Reflection and channelz take a thread for each call; this bounds what they can take together.
constexpr int kMostSyncThreads = 32;

// A peer that vanished without a word is noticed after this long. Clients send pings of their own
// every 30 s, without calls too, and must not be told off for it.
constexpr int kKeepaliveMs = 60'000;
constexpr int kKeepaliveTimeoutMs = 20'000;
constexpr int kLeastPingIntervalMs = 10'000;
constexpr int kPingStrikes = 5;

// How much a sender may have on its way, in each stream. gRPC would find that out by pings, one
// with nearly every frame that an agent sends: for a thousand of them that is a quarter of all
// work.
constexpr int kWindowBytes = 512 << 10;

// Whoever takes no message from one check to the next is cut: a message is small, and a reader who
// was away comes back by itself.
constexpr absl::Duration kStallCheck = absl::Seconds(30);

// Each export holds a few megabytes. Whoever reads one may be a pipe that somebody looks at.
constexpr std::size_t kMostExports = 16;
constexpr absl::Duration kExportCheck = absl::Minutes(5);

void Configure(grpc::ServerBuilder* builder, std::size_t max_streams) {
  builder->SetMaxReceiveMessageSize(kLargestMessage);
  builder->SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder->SetResourceQuota(grpc::ResourceQuota("syspulsed").SetMaxThreads(kMostSyncThreads));
  // Two servers must not share a port silently.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, static_cast<int>(max_streams));
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                              kLeastPingIntervalMs);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, kPingStrikes);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kWindowBytes);
}

}  // namespace

std::vector<const google::protobuf::ServiceDescriptor*> ApiServices() {
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  for (const google::protobuf::FileDescriptor* file :
       {v1::GetSnapshotRequest::descriptor()->file(), v1::WatchRequest::descriptor()->file(),
        v1::GetHostRequest::descriptor()->file(), v1::ListProcessesRequest::descriptor()->file(),
        v1::QueryRequest::descriptor()->file(), v1::PushFramesRequest::descriptor()->file(),
        opentelemetry::proto::collector::metrics::v1::ExportMetricsServiceRequest::descriptor()
            ->file()}) {
    for (int i = 0; i < file->service_count(); ++i) services.push_back(file->service(i));
  }
  return services;
}

class GrpcServer::Services {
 public:
  Services(const GrpcServerParts& parts, const GrpcServerOptions& options)
      : watchers_(options.max_streams, "streams", "raise it with --max-streams"),
        agents_(kMostAgents, "streams of agents", "spread the hosts over two services"),
        exports_(kMostExports, "exports", "try again when one has ended"),
        instant_queries_(parts.queries->Within(kInstantQuery)),
        quick_queries_(parts.queries->Within(kQuickQuery)),
        query_pool_(parts.clock),
        instant_pool_(parts.clock, {.threads = 1}),
        quick_pool_(parts.clock),
        transfer_pool_(parts.clock),
        live_queries_(parts.queries),
        pushes_(parts.hub, parts.fanout, parts.keeper, {.seed = options.writes.seed}, parts.clock,
                &parts.metrics->push),
        writes_(parts.keeper, options.writes, parts.clock, &written_metadata_,
                &parts.metrics->remote_write),
        otlp_writes_(parts.keeper, HowToTakeOtlp(options.writes), parts.clock, &written_metadata_,
                     &parts.metrics->otlp),
        api_{
            .hub = parts.hub,
            .view = parts.view,
            .fanout = parts.fanout,
            .access = parts.access,
            .watchers = &watchers_,
            .agents = &agents_,
            .exports = &exports_,
            .metrics = parts.metrics,
            .keeper = parts.keeper,
            .queries = parts.queries,
            .query_pool = &query_pool_,
            .quick_lanes = {{{&instant_queries_, &instant_pool_}, {&quick_queries_, &quick_pool_}}},
            .transfer_pool = &transfer_pool_,
            .live_queries = &live_queries_,
            .pushes = &pushes_,
            .writes = &writes_,
            .otlp = &otlp_writes_,
            .written_metadata = &written_metadata_},
        stall_checks_(parts.clock, kStallCheck, [this] { watchers_.CutStalled(); }),
        export_checks_(parts.clock, kExportCheck, [this] { exports_.CutStalled(); }) {}

  void Register(grpc::ServerBuilder* builder) {
    builder->RegisterService(&metrics_);
    builder->RegisterService(&live_);
    builder->RegisterService(&hosts_);
    builder->RegisterService(&processes_);
    builder->RegisterService(&queries_);
    builder->RegisterService(&ingest_);
    builder->RegisterService(&otlp_);
  }

  // Ends all streams, and takes no more work.
  void Stop() {
    watchers_.EndAll();
    agents_.EndAll();
    exports_.EndAll();
    query_pool_.Stop();
    instant_pool_.Stop();
    quick_pool_.Stop();
    transfer_pool_.Stop();
    live_queries_.Stop();
    pushes_.Stop();
    writes_.Stop();
    otlp_writes_.Stop();
  }

 private:
  StreamRegistry watchers_;
  StreamRegistry agents_;
  StreamRegistry exports_;
  const QueryEvaluator instant_queries_;
  const QueryEvaluator quick_queries_;
  QueryPool query_pool_;
  QueryPool instant_pool_;
  QueryPool quick_pool_;
  QueryPool transfer_pool_;
  LiveQueries live_queries_;
  MetadataBook written_metadata_;
  PushIntake pushes_;
  SeriesIntake writes_;
  SeriesIntake otlp_writes_;
  const ApiContext api_;
  MetricsService metrics_{api_};
  LiveService live_{api_};
  HostService hosts_{api_};
  ProcessService processes_{api_};
  QueryService queries_{api_};
  IngestService ingest_{api_};
  OtlpService otlp_{api_};
  const Periodic stall_checks_;
  const Periodic export_checks_;
};

GrpcServer::GrpcServer(const GrpcServerParts& parts, const GrpcServerOptions& options)
    : services_(std::make_unique<Services>(parts, options)) {}

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(const GrpcServerParts& parts,
                                                              const GrpcServerOptions& options) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::channelz::experimental::InitChannelzService();
  auto server = std::unique_ptr<GrpcServer>(new GrpcServer(parts, options));
  grpc::ServerBuilder builder;
  Configure(&builder, options.max_streams);
  int port = 0;
  builder.AddListeningPort(options.address, grpc::InsecureServerCredentials(), &port);
  server->services_->Register(&builder);
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr || port == 0) {
    return ExplainBindFailure(options.address, options.flag);
  }
  server->address_ = WithPort(options.address, port);
  auto* const health = server->server_->GetHealthCheckService();
  health->SetServingStatus(true);
  for (const auto* service : ApiServices()) health->SetServingStatus(service->full_name(), true);
  return server;
}

GrpcServer::~GrpcServer() { Stop(); }

std::shared_ptr<grpc::Channel> GrpcServer::InProcessChannel() {
  return server_->InProcessChannel(grpc::ChannelArguments());
}

void GrpcServer::Stop(absl::Duration grace) {
  if (server_ == nullptr) return;
  server_->GetHealthCheckService()->SetServingStatus(false);
  services_->Stop();
  server_->Shutdown(
      gpr_time_add(gpr_now(GPR_CLOCK_REALTIME),
                   gpr_time_from_millis(absl::ToInt64Milliseconds(grace), GPR_TIMESPAN)));
  server_->Wait();
  server_.reset();
}

}  // namespace syspulse
