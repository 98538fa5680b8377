// A service that says what a test tells it to: the readable half of the API over real gRPC, on a
// loopback port of its own.
#ifndef TESTS_CLIENTS_CLI_FAKE_SERVER_H_
#define TESTS_CLIENTS_CLI_FAKE_SERVER_H_

#include <grpcpp/server.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "services/base/mutex.h"
#include "syspulse/v1/host_service.grpc.pb.h"
#include "syspulse/v1/live_service.grpc.pb.h"
#include "syspulse/v1/metrics_service.grpc.pb.h"
#include "syspulse/v1/process_service.grpc.pb.h"

namespace syspulse {

// What the service knows.
struct FakeFleet {
  std::vector<v1::Host> hosts;
  std::string filter;  // of hosts, asked for last
  std::string order_by;
  bool history_deleted = false;
  std::string trouble;  // why the service itself cannot delete now
  std::vector<v1::Snapshot> snapshots;
  std::vector<v1::Metric> metrics;
  v1::ProcessTable processes;
  int page_limit = 1000;  // of every list
};

// Returns a fleet of one host, `web-1`, with two cores, a disk, an interface and three processes.
FakeFleet SmallFleet();

// Thread-safe. Streams send what there is, and again at each Publish, until they are cancelled.
class FakeServer final : private v1::HostService::Service,
                         private v1::MetricsService::Service,
                         private v1::ProcessService::Service,
                         private v1::LiveService::Service {
 public:
  explicit FakeServer(FakeFleet fleet);
  ~FakeServer() override;

  // Returns `127.0.0.1:PORT`.
  std::string address() const;

  // Returns what the service knows now.
  FakeFleet fleet() const;

  // Changes what the service knows and sends it to all streams.
  void Publish(const std::function<void(FakeFleet&)>& change);

  // Ends all streams that are open, as a service that stops would, after one message each.
  void EndStreams();

  // Stops listening, and starts again at the same port.
  void Stop();
  void Restart();

  // Waits up to 10 seconds for a request that fits, among all there were; returns whether there was
  // one.
  bool WaitForProcessRequest(
      const std::function<bool(const v1::ListProcessesRequest&)>& fits) const;
  bool WaitForLiveRequest(const std::function<bool(const v1::WatchRequest&)>& fits) const;

 private:
  grpc::Status ListHosts(grpc::ServerContext*, const v1::ListHostsRequest*,
                         v1::ListHostsResponse*) override;
  grpc::Status GetHost(grpc::ServerContext*, const v1::GetHostRequest*,
                       v1::GetHostResponse*) override;
  grpc::Status UpdateHost(grpc::ServerContext*, const v1::UpdateHostRequest*,
                          v1::UpdateHostResponse*) override;
  grpc::Status DeleteHost(grpc::ServerContext*, const v1::DeleteHostRequest*,
                          v1::DeleteHostResponse*) override;
  grpc::Status WatchHosts(grpc::ServerContext*, const v1::WatchHostsRequest*,
                          grpc::ServerWriter<v1::WatchHostsResponse>*) override;
  grpc::Status GetSnapshot(grpc::ServerContext*, const v1::GetSnapshotRequest*,
                           v1::GetSnapshotResponse*) override;
  grpc::Status WatchSnapshots(grpc::ServerContext*, const v1::WatchSnapshotsRequest*,
                              grpc::ServerWriter<v1::WatchSnapshotsResponse>*) override;
  grpc::Status ListMetrics(grpc::ServerContext*, const v1::ListMetricsRequest*,
                           v1::ListMetricsResponse*) override;
  grpc::Status ListProcesses(grpc::ServerContext*, const v1::ListProcessesRequest*,
                             v1::ListProcessesResponse*) override;
  grpc::Status Watch(grpc::ServerContext*, const v1::WatchRequest*,
                     grpc::ServerWriter<v1::WatchResponse>*) override;

  void Listen(int port);
  // Calls `send` now and after each change until it returns false or the stream is to end.
  grpc::Status Stream(grpc::ServerContext* context,
                      const std::function<bool(const FakeFleet&)>& send);

  mutable Mutex mutex_;
  mutable std::condition_variable_any changed_;
  FakeFleet fleet_ ABSL_GUARDED_BY(mutex_);
  std::int64_t version_ ABSL_GUARDED_BY(mutex_) = 0;
  std::int64_t ends_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<v1::ListProcessesRequest> process_requests_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::WatchRequest> live_requests_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace syspulse

#endif  // TESTS_CLIENTS_CLI_FAKE_SERVER_H_
