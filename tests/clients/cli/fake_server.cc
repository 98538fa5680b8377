#include "tests/clients/cli/fake_server.h"

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/time_util.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "absl/strings/str_format.h"
#include "services/base/text.h"
#include "services/model/resource_name.h"

namespace syspulse {
namespace {

constexpr char kHost[] = R"pb(
  name: "hosts/web-1"
  hostname: "web-1"
  os_name: "Debian GNU/Linux 12 (bookworm)"
  kernel_release: "6.1.0-28-amd64"
  architecture: "x86_64"
  core_count: 2
  memory_bytes: 8589934592
  agent_version: "0.1.0"
  address: "ipv4:10.0.0.7:51234"
  state: HOST_STATE_ONLINE
  last_seen_time { seconds: 1700000000 }
  completeness {
    expected_count: 3600
    received_count: 3598
    late_count: 30
    duplicate_count: 1
    dropped_frame_count: 4
    gap { seconds: 2 nanos: 500000000 }
  }
)pb";

constexpr char kSnapshot[] = R"pb(
  host: "hosts/web-1"
  sample_time { seconds: 1700000000 }
  uptime_seconds: 93784
  cpu {
    utilization_ratio: 0.425
    modes { user_ratio: 0.3 system_ratio: 0.125 idle_ratio: 0.555 iowait_ratio: 0.02 }
    core_count: 2
    cores { core: 0 utilization_ratio: 0.8 }
    cores { core: 1 utilization_ratio: 0.05 }
  }
  load { one_minute: 1.5 five_minutes: 0.75 fifteen_minutes: 0.25 }
  memory {
    total_bytes: 8589934592
    available_bytes: 2147483648
    used_bytes: 6442450944
    utilization_ratio: 0.75
  }
  swap { total_bytes: 0 used_bytes: 0 }
  filesystems {
    mountpoint: "/"
    device: "/dev/sda1"
    fstype: "ext4"
    size_bytes: 107374182400
    available_bytes: 5368709120
    utilization_ratio: 0.95
  }
  disks { device: "sda" read_bytes_per_second: 1048576 write_bytes_per_second: 2048 }
  disks { device: "sda1" read_bytes_per_second: 1048576 write_bytes_per_second: 2048 }
  networks { device: "eth0" receive_bytes_per_second: 4096 transmit_bytes_per_second: 512 }
  networks { device: "lo" receive_bytes_per_second: 99999 transmit_bytes_per_second: 99999 }
  process_totals { process_count: 123 thread_count: 456 running_count: 2 }
)pb";

constexpr char kProcesses[] = R"pb(
  host: "hosts/web-1"
  processes {
    name: "hosts/web-1/processes/4242"
    pid: 4242
    user: "postgres"
    state: PROCESS_STATE_RUNNING
    command: "postgres"
    command_line: "/usr/lib/postgresql/15/bin/postgres -D /data"
    cpu_utilization_ratio: 0.91
    cpu_seconds: 83.5
    resident_bytes: 1610612736
    memory_utilization_ratio: 0.1875
    thread_count: 1
    read_bytes_per_second: 1048576
  }
  processes {
    name: "hosts/web-1/processes/77"
    pid: 77
    user: "root"
    state: PROCESS_STATE_SLEEPING
    command: "evil"
    command_line: "evil \033[2J\033]0;owned\007"
    cpu_utilization_ratio: 0.02
    resident_bytes: 4096
    thread_count: 3
  }
  processes {
    name: "hosts/web-1/processes/2"
    pid: 2
    user: "root"
    state: PROCESS_STATE_IDLE
    command: "kthreadd"
  }
  matched_count: 3
)pb";

template <typename Message>
Message Parsed(const char* text) {
  Message message;
  if (!google::protobuf::TextFormat::ParseFromString(text, &message)) std::abort();
  return message;
}

bool Names(const v1::Host& host, const std::string& name) {
  return name == host.name() || name == host.hostname() || name == HostIdOf(host.name());
}

grpc::Status NoSuchHost(const std::string& name) {
  return {grpc::StatusCode::NOT_FOUND, absl::StrFormat("there is no host '%s'", name)};
}

// Copies the page that `token` begins; returns the token of the next.
template <typename Items, typename Add>
std::string Page(const Items& items, const std::string& token, int limit, const Add& add) {
  const std::size_t first = token.empty() ? 0 : std::stoul(token);
  const std::size_t last = std::min(items.size(), first + static_cast<std::size_t>(limit));
  for (std::size_t i = first; i < last; ++i) add(items[i]);
  return last < items.size() ? std::to_string(last) : "";
}

}  // namespace

FakeFleet SmallFleet() {
  FakeFleet fleet;
  fleet.hosts.push_back(Parsed<v1::Host>(kHost));
  fleet.snapshots.push_back(Parsed<v1::Snapshot>(kSnapshot));
  *fleet.snapshots[0].mutable_identity() = fleet.hosts[0];
  fleet.processes = Parsed<v1::ProcessTable>(kProcesses);
  *fleet.snapshots[0].add_top_processes() = fleet.processes.processes(0);
  for (const char* metric :
       {"name: 'metrics/node_load1' series_count: 1 "
        "family { name: 'node_load1' type: METRIC_TYPE_GAUGE help: '1m load' }",
        "name: 'metrics/node_cpu_seconds_total' series_count: 16 "
        "family { name: 'node_cpu_seconds_total' type: METRIC_TYPE_COUNTER "
        "unit: 'seconds' help: 'Time by mode, in \"seconds\"' }"}) {
    fleet.metrics.push_back(Parsed<v1::Metric>(metric));
  }
  return fleet;
}

FakeServer::FakeServer(FakeFleet fleet) : fleet_(std::move(fleet)) { Listen(0); }

FakeServer::~FakeServer() { Stop(); }

std::string FakeServer::address() const { return absl::StrFormat("127.0.0.1:%d", port_); }

void FakeServer::Listen(int port) {
  grpc::ServerBuilder builder;
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddListeningPort(absl::StrFormat("127.0.0.1:%d", port), grpc::InsecureServerCredentials(),
                           &port_);
  builder.RegisterService(static_cast<v1::HostService::Service*>(this));
  builder.RegisterService(static_cast<v1::MetricsService::Service*>(this));
  builder.RegisterService(static_cast<v1::ProcessService::Service*>(this));
  builder.RegisterService(static_cast<v1::LiveService::Service*>(this));
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) std::abort();
}

void FakeServer::Stop() {
  EndStreams();
  if (server_ == nullptr) return;
  server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(2));
  server_->Wait();
  server_.reset();
}

void FakeServer::Restart() { Listen(port_); }

FakeFleet FakeServer::fleet() const {
  MutexLock lock(mutex_);
  return fleet_;
}

void FakeServer::Publish(const std::function<void(FakeFleet&)>& change) {
  MutexLock lock(mutex_);
  change(fleet_);
  ++version_;
  changed_.notify_all();
}

void FakeServer::EndStreams() {
  MutexLock lock(mutex_);
  ++ends_;
  changed_.notify_all();
}

bool FakeServer::WaitForProcessRequest(
    const std::function<bool(const v1::ListProcessesRequest&)>& fits) const {
  MutexLock lock(mutex_);
  return changed_.wait_for(mutex_, std::chrono::seconds(10), [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return std::ranges::any_of(process_requests_, fits);
  });
}

bool FakeServer::WaitForLiveRequest(
    const std::function<bool(const v1::WatchRequest&)>& fits) const {
  MutexLock lock(mutex_);
  return changed_.wait_for(mutex_, std::chrono::seconds(10), [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return std::ranges::any_of(live_requests_, fits);
  });
}

grpc::Status FakeServer::Stream(grpc::ServerContext* context,
                                const std::function<bool(const FakeFleet&)>& send) {
  std::int64_t ends = 0;
  {
    MutexLock lock(mutex_);
    ends = ends_;
  }
  while (!context->IsCancelled()) {
    std::int64_t version = 0;
    FakeFleet now;
    {
      MutexLock lock(mutex_);
      version = version_;
      now = fleet_;
    }
    if (!send(now)) break;
    MutexLock lock(mutex_);
    while (version == version_ && ends == ends_ && !context->IsCancelled()) {
      changed_.wait_for(mutex_, std::chrono::milliseconds(50));
    }
    if (ends != ends_) return {grpc::StatusCode::UNAVAILABLE, "the service stops"};
  }
  return grpc::Status::CANCELLED;
}

grpc::Status FakeServer::ListHosts(grpc::ServerContext*, const v1::ListHostsRequest* request,
                                   v1::ListHostsResponse* response) {
  {
    const MutexLock lock(mutex_);
    fleet_.filter = request->filter();
    fleet_.order_by = request->order_by();
  }
  const FakeFleet now = fleet();
  response->set_next_page_token(Page(now.hosts, request->page_token(), now.page_limit,
                                     [&](const v1::Host& host) { *response->add_hosts() = host; }));
  return grpc::Status::OK;
}

grpc::Status FakeServer::GetHost(grpc::ServerContext*, const v1::GetHostRequest* request,
                                 v1::GetHostResponse* response) {
  for (const v1::Host& host : fleet().hosts) {
    if (!Names(host, request->name())) continue;
    *response->mutable_host() = host;
    return grpc::Status::OK;
  }
  return NoSuchHost(request->name());
}

grpc::Status FakeServer::UpdateHost(grpc::ServerContext*, const v1::UpdateHostRequest* request,
                                    v1::UpdateHostResponse* response) {
  grpc::Status status = NoSuchHost(request->host().name());
  Publish([&](FakeFleet& fleet) {
    for (v1::Host& host : fleet.hosts) {
      if (!Names(host, request->host().name())) continue;
      for (const std::string& path : request->update_mask().paths()) {
        if (path == "display_name") host.set_display_name(request->host().display_name());
        if (path != "labels") continue;
        *host.mutable_assigned_labels() = request->host().labels();
        *host.mutable_labels() = request->host().labels();
      }
      *response->mutable_host() = host;
      status = grpc::Status::OK;
    }
  });
  return status;
}

grpc::Status FakeServer::DeleteHost(grpc::ServerContext*, const v1::DeleteHostRequest* request,
                                    v1::DeleteHostResponse*) {
  const std::string trouble = fleet().trouble;
  if (!trouble.empty()) return {grpc::StatusCode::UNAVAILABLE, trouble};
  grpc::Status status = NoSuchHost(request->name());
  Publish([&](FakeFleet& fleet) {
    fleet.history_deleted = request->delete_history();
    if (std::erase_if(fleet.hosts,
                      [&](const v1::Host& host) { return Names(host, request->name()); }) > 0) {
      status = grpc::Status::OK;
    }
  });
  return status;
}

grpc::Status FakeServer::WatchHosts(grpc::ServerContext* context,
                                    const v1::WatchHostsRequest* request,
                                    grpc::ServerWriter<v1::WatchHostsResponse>* writer) {
  {
    const MutexLock lock(mutex_);
    fleet_.filter = request->filter();
    fleet_.order_by = request->order_by();
  }
  return Stream(context, [&](const FakeFleet& now) {
    v1::WatchHostsResponse response;
    response.mutable_hosts()->Assign(now.hosts.begin(), now.hosts.end());
    return writer->Write(response);
  });
}

grpc::Status FakeServer::GetSnapshot(grpc::ServerContext*, const v1::GetSnapshotRequest* request,
                                     v1::GetSnapshotResponse* response) {
  for (const v1::Snapshot& snapshot : fleet().snapshots) {
    if (!request->host().empty() && !Names(snapshot.identity(), request->host())) continue;
    *response->mutable_snapshot() = snapshot;
    return grpc::Status::OK;
  }
  return NoSuchHost(request->host());
}

grpc::Status FakeServer::WatchSnapshots(grpc::ServerContext* context,
                                        const v1::WatchSnapshotsRequest* request,
                                        grpc::ServerWriter<v1::WatchSnapshotsResponse>* writer) {
  return Stream(context, [&](const FakeFleet& now) {
    for (const v1::Snapshot& snapshot : now.snapshots) {
      if (!request->host().empty() && !Names(snapshot.identity(), request->host())) continue;
      v1::WatchSnapshotsResponse response;
      *response.mutable_snapshot() = snapshot;
      if (!writer->Write(response)) return false;
    }
    return true;
  });
}

grpc::Status FakeServer::ListMetrics(grpc::ServerContext*, const v1::ListMetricsRequest* request,
                                     v1::ListMetricsResponse* response) {
  const FakeFleet now = fleet();
  response->set_next_page_token(
      Page(now.metrics, request->page_token(), now.page_limit,
           [&](const v1::Metric& metric) { *response->add_metrics() = metric; }));
  return grpc::Status::OK;
}

grpc::Status FakeServer::ListProcesses(grpc::ServerContext*,
                                       const v1::ListProcessesRequest* request,
                                       v1::ListProcessesResponse* response) {
  const FakeFleet now = fleet();
  const std::vector<v1::Process> all(now.processes.processes().begin(),
                                     now.processes.processes().end());
  v1::ProcessTable* table = response->mutable_process_table();
  *table = now.processes;
  table->clear_processes();
  response->set_next_page_token(Page(all, request->page_token(),
                                     std::min(now.page_limit, request->page_size()),
                                     [&](const v1::Process& p) { *table->add_processes() = p; }));
  MutexLock lock(mutex_);
  process_requests_.push_back(*request);
  changed_.notify_all();
  return grpc::Status::OK;
}

grpc::Status FakeServer::Watch(grpc::ServerContext* context, const v1::WatchRequest* request,
                               grpc::ServerWriter<v1::WatchResponse>* writer) {
  {
    MutexLock lock(mutex_);
    live_requests_.push_back(*request);
    changed_.notify_all();
  }
  return Stream(context, [&](const FakeFleet& now) {
    for (int i = 0; i < request->topics_size(); ++i) {
      const v1::LiveTopic& topic = request->topics(i);
      v1::WatchResponse response;
      response.set_topic(i);
      if (topic.has_hosts()) {
        response.mutable_hosts()->mutable_hosts()->Assign(now.hosts.begin(), now.hosts.end());
        if (!writer->Write(response)) return false;
      } else if (topic.has_processes()) {
        *response.mutable_process_table() = now.processes;
        if (!writer->Write(response)) return false;
      }
      if (!topic.has_snapshots()) continue;
      for (const v1::Snapshot& snapshot : now.snapshots) {
        if (!Names(snapshot.identity(), topic.snapshots().host())) continue;
        *response.mutable_snapshot() = snapshot;
        if (!writer->Write(response)) return false;
      }
    }
    return true;
  });
}

}  // namespace syspulse
