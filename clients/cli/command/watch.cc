// A line for each snapshot, as vmstat(8) writes them.
#include "clients/cli/command/commands.h"
#include "clients/cli/command/fields.h"
#include "clients/cli/command/stream.h"
#include "services/base/status_macros.h"
#include "services/model/resource_name.h"
#include "syspulse/v1/host_service.grpc.pb.h"
#include "syspulse/v1/metrics_service.grpc.pb.h"

namespace syspulse {
namespace {

// What a line shows besides the values.
struct LineStyle {
  bool host = false;
  bool milliseconds = false;
};

Table SnapshotLine(const v1::Snapshot& snapshot, LineStyle style, absl::TimeZone zone) {
  Table table{.columns = {{"TIME", "sample_time"},
                          {"HOST", "host"},
                          {"CPU", "cpu_utilization_ratio", true},
                          {"IOWAIT", "cpu_iowait_ratio", true},
                          {"LOAD", "load_one_minute", true},
                          {"MEM", "memory_utilization_ratio", true},
                          {"USED", "memory_used_bytes", true},
                          {"SWAP", "swap_utilization_ratio", true},
                          {"READ/s", "disk_read_bytes_per_second", true},
                          {"WRITE/s", "disk_write_bytes_per_second", true},
                          {"RECV/s", "network_receive_bytes_per_second", true},
                          {"SENT/s", "network_transmit_bytes_per_second", true}}};
  const DeviceRates rates = SumDevices(snapshot);
  const std::string host = snapshot.has_identity() ? HostLabel(snapshot.identity())
                                                   : std::string(HostIdOf(snapshot.host()));
  table.rows.push_back({TimeCell(TimeOf(snapshot.sample_time()), zone, style.milliseconds),
                        TextCell(host), RatioCell(FIELD(snapshot.cpu(), utilization_ratio)),
                        RatioCell(FIELD(snapshot.cpu().modes(), iowait_ratio), false),
                        NumberCell(FIELD(snapshot.load(), one_minute), 2),
                        RatioCell(FIELD(snapshot.memory(), utilization_ratio)),
                        BytesCell(FIELD(snapshot.memory(), used_bytes)),
                        RatioCell(FIELD(snapshot.swap(), utilization_ratio)),
                        BytesCell(rates.disk_read), BytesCell(rates.disk_write),
                        BytesCell(rates.receive), BytesCell(rates.transmit)});
  if (!style.host) {
    table.columns.erase(table.columns.begin() + 1);
    table.rows[0].erase(table.rows[0].begin() + 1);
  }
  return table;
}

// A stream waits for hosts that are not known yet: say so, rather than show nothing.
absl::Status CheckHost(const Session& session, const std::string& host) {
  if (host.empty()) {
    ASSIGN_OR_RETURN(const std::vector<v1::Host> hosts, ListAllHosts(session));
    if (hosts.empty()) session.tell_user("no host yet: waiting for one");
    return absl::OkStatus();
  }
  v1::GetHostRequest request;
  request.set_name(host);
  v1::GetHostResponse response;
  const auto stub = v1::HostService::NewStub(session.channel);
  return CallOnce(session, [&](grpc::ClientContext* context) {
    return stub->GetHost(context, request, &response);
  });
}

}  // namespace

absl::Status RunWatch(const Session& session, const WatchArguments& options) {
  RETURN_IF_ERROR(CheckHost(session, options.host));
  const auto stub = v1::MetricsService::NewStub(session.channel);
  v1::WatchSnapshotsRequest request;
  request.set_host(options.host);
  const absl::Duration interval = options.interval;
  request.mutable_interval()->set_seconds(absl::ToInt64Seconds(interval));
  request.mutable_interval()->set_nanos(
      static_cast<std::int32_t>(absl::ToInt64Nanoseconds(interval % absl::Seconds(1))));
  const LineStyle style = {
      .host = options.host.empty(),
      .milliseconds = interval > absl::ZeroDuration() && interval < absl::Seconds(1)};
  std::int64_t shown = 0;
  const auto show = [&](const v1::WatchSnapshotsResponse& response) -> absl::StatusOr<bool> {
    const v1::Snapshot& snapshot = response.snapshot();
    RETURN_IF_ERROR(
        session.writer->Write({.message = &snapshot,
                               .tables = {SnapshotLine(snapshot, style, session.zone)},
                               .records = SnapshotLine(snapshot, {.host = true}, session.zone)}));
    return options.count == 0 || ++shown < options.count;
  };
  return ReadStream<v1::WatchSnapshotsResponse>(
      session,
      {.open = [&](grpc::ClientContext* context,
                   auto* reactor) { stub->async()->WatchSnapshots(context, &request, reactor); },
       .on_message = show});
}

}  // namespace syspulse
