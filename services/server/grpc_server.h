// The gRPC server: the services of the API, and those that every gRPC server should have (health,
// reflection, channelz), with settings that fit thousands of long streams.
#ifndef SERVICES_SERVER_GRPC_SERVER_H_
#define SERVICES_SERVER_GRPC_SERVER_H_

#include <grpcpp/server.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/api/access.h"
#include "services/api/fanout.h"
#include "services/api/query_evaluator.h"
#include "services/api/snapshot_view.h"
#include "services/base/clock.h"
#include "services/exporter/service_metrics.h"
#include "services/hub/frame_keeper.h"
#include "services/hub/hub.h"
#include "services/remote_write/series_writer.h"

namespace syspulse {

// Returns the descriptors of all services that the server offers.
std::vector<const google::protobuf::ServiceDescriptor*> ApiServices();

struct GrpcServerOptions {
  std::string address;               // HOST:PORT; port 0 picks one
  std::string flag = "grpc-listen";  // where the address comes from
  std::size_t max_streams = 10'000;  // Watch streams at a time
  SeriesWriterOptions writes;        // remote write
};

// What the server serves. The pointers must outlive it.
struct GrpcServerParts {
  Hub* hub;
  const SnapshotView* view;
  Fanout* fanout;
  const Access* access;
  ServiceMetrics* metrics;
  FrameKeeper* keeper;
  const QueryEvaluator* queries;
  const Clock* clock;
};

// Thread-safe.
class GrpcServer {
 public:
  // Starts to serve. Unavailable with a sentence if the address cannot be listened on.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(const GrpcServerParts& parts,
                                                           const GrpcServerOptions& options);
  ~GrpcServer();

  // Returns the address with the port that was taken.
  const std::string& address() const { return address_; }

  // Returns a channel to the server that needs no network.
  std::shared_ptr<grpc::Channel> InProcessChannel();

  // Says that the service is not serving, ends all streams with Unavailable, and waits for calls
  // to end, but not longer than `grace`. Called by the destructor if nobody else did.
  void Stop(absl::Duration grace = absl::Seconds(2));

 private:
  // The services and what they share. Not named here: their headers take long to compile.
  class Services;

  GrpcServer(const GrpcServerParts& parts, const GrpcServerOptions& options);

  const std::unique_ptr<Services> services_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

}  // namespace syspulse

#endif  // SERVICES_SERVER_GRPC_SERVER_H_
