#include "absl/strings/str_format.h"
#include "clients/cli/command/commands.h"
#include "clients/cli/command/fields.h"
#include "clients/cli/command/stream.h"
#include "clients/cli/output/safe_text.h"
#include "clients/cli/output/units.h"
#include "services/base/status_macros.h"
#include "services/model/resource_name.h"
#include "syspulse/v1/host_service.grpc.pb.h"
#include "syspulse/v1/live_service.pb.h"

namespace syspulse {
namespace {

constexpr int kPageSize = 1000;

Cell StateCell(v1::HostState state) {
  const Emphasis emphasis = state == v1::HOST_STATE_ONLINE    ? Emphasis::kGood
                            : state == v1::HOST_STATE_OFFLINE ? Emphasis::kCritical
                                                              : Emphasis::kWarning;
  return TextCell(StateName(state), emphasis);
}

Cell SinceCell(absl::Time now, const v1::Host& host) {
  if (!host.has_last_seen_time()) return {.human = "never", .emphasis = Emphasis::kFaint};
  const absl::Time seen = TimeOf(host.last_seen_time());
  return {.human = HumanDuration(absl::ToDoubleSeconds(now - seen)) + " ago",
          .exact = ExactTime(seen)};
}

// What the history lacks of the last day.
Cell GapCell(const v1::Host& host) {
  if (!host.has_completeness()) return {};
  const google::protobuf::Duration& gap = host.completeness().gap();
  const double seconds = static_cast<double>(gap.seconds()) + gap.nanos() / 1e9;
  if (seconds < 1)
    return {.human = "none", .exact = "0", .is_number = true, .emphasis = Emphasis::kFaint};
  return {.human = HumanDuration(seconds),
          .exact = absl::StrFormat("%.3f", seconds),
          .is_number = true,
          .emphasis = Emphasis::kWarning};
}

Table PeopleTable(const v1::HostList& list, absl::Time now) {
  Table table{.columns = {{"HOST", ""},
                          {"ID", ""},
                          {"STATE", ""},
                          {"CORES", "", true},
                          {"MEMORY", "", true},
                          {"SYSTEM", ""},
                          {"KERNEL", ""},
                          {"AGENT", ""},
                          {"GAP", "", true},
                          {"LAST SEEN", ""}}};
  for (const v1::Host& host : list.hosts()) {
    table.rows.push_back({TextCell(HostLabel(host)), TextCell(std::string(HostIdOf(host.name()))),
                          StateCell(host.state()), CountCell(host.core_count()),
                          BytesCell(static_cast<double>(host.memory_bytes())),
                          TextCell(host.os_name()), TextCell(host.kernel_release()),
                          TextCell(host.agent_version()), GapCell(host), SinceCell(now, host)});
  }
  return table;
}

Table RecordsTable(const v1::HostList& list) {
  Table table;
  for (const char* key : {"name",
                          "hostname",
                          "display_name",
                          "state",
                          "os_name",
                          "kernel_release",
                          "architecture",
                          "core_count",
                          "memory_bytes",
                          "boot_time",
                          "agent_version",
                          "address",
                          "first_seen_time",
                          "last_seen_time",
                          "expected_count",
                          "received_count",
                          "late_count",
                          "duplicate_count",
                          "dropped_frame_count",
                          "gap_seconds"}) {
    table.columns.push_back({"", key});
  }
  const auto time = [](bool present, const google::protobuf::Timestamp& value) {
    return present ? TextCell(ExactTime(TimeOf(value))) : Cell{};
  };
  for (const v1::Host& host : list.hosts()) {
    const v1::HostCompleteness& samples = host.completeness();
    const auto count = [&](std::int64_t value) {
      return host.has_completeness() ? CountCell(value) : Cell{};
    };
    table.rows.push_back({TextCell(host.name()),
                          TextCell(host.hostname()),
                          TextCell(host.display_name()),
                          TextCell(StateName(host.state())),
                          TextCell(host.os_name()),
                          TextCell(host.kernel_release()),
                          TextCell(host.architecture()),
                          CountCell(host.core_count()),
                          CountCell(host.memory_bytes()),
                          time(host.has_boot_time(), host.boot_time()),
                          TextCell(host.agent_version()),
                          TextCell(host.address()),
                          time(host.has_first_seen_time(), host.first_seen_time()),
                          time(host.has_last_seen_time(), host.last_seen_time()),
                          count(samples.expected_count()),
                          count(samples.received_count()),
                          count(samples.late_count()),
                          count(samples.duplicate_count()),
                          count(samples.dropped_frame_count()),
                          GapCell(host)});
  }
  return table;
}

absl::Status WriteHosts(const Session& session, const v1::HostList& list, bool with_time) {
  const absl::Time now = session.clock->Now();
  if (list.hosts().empty()) session.tell_user("no host yet: start syspulse-agent on one");
  Table table = PeopleTable(list, now);
  if (with_time) table.title = HumanClock(now, session.zone);
  return session.writer->Write(
      {.message = &list, .tables = {std::move(table)}, .records = RecordsTable(list)});
}

absl::Status WatchHosts(const Session& session, std::int64_t count) {
  const auto stub = v1::HostService::NewStub(session.channel);
  const v1::WatchHostsRequest request;
  std::int64_t shown = 0;
  return ReadStream<v1::WatchHostsResponse>(
      session,
      {.open = [&](grpc::ClientContext* context,
                   auto* reactor) { stub->async()->WatchHosts(context, &request, reactor); },
       .on_message = [&](const v1::WatchHostsResponse& response) -> absl::StatusOr<bool> {
         v1::HostList list;
         *list.mutable_hosts() = response.hosts();
         RETURN_IF_ERROR(WriteHosts(session, list, true));
         return count == 0 || ++shown < count;
       }});
}

}  // namespace

absl::StatusOr<std::vector<v1::Host>> ListAllHosts(const Session& session) {
  const auto stub = v1::HostService::NewStub(session.channel);
  std::vector<v1::Host> hosts;
  v1::ListHostsRequest request;
  request.set_page_size(kPageSize);
  do {
    v1::ListHostsResponse response;
    RETURN_IF_ERROR(CallOnce(session, [&](grpc::ClientContext* context) {
      return stub->ListHosts(context, request, &response);
    }));
    hosts.insert(hosts.end(), response.hosts().begin(), response.hosts().end());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return hosts;
}

absl::Status RunHosts(const Session& session, const HostsArguments& options) {
  if (options.watch) return WatchHosts(session, options.count);
  ASSIGN_OR_RETURN(const std::vector<v1::Host> hosts, ListAllHosts(session));
  v1::HostList list;
  list.mutable_hosts()->Assign(hosts.begin(), hosts.end());
  return WriteHosts(session, list, false);
}

absl::Status RunHostNames(const Session& session, TextSink* sink) {
  ASSIGN_OR_RETURN(const std::vector<v1::Host> hosts, ListAllHosts(session));
  std::string names;
  for (const v1::Host& host : hosts) {
    names +=
        SafeText(host.hostname().empty() ? std::string(HostIdOf(host.name())) : host.hostname()) +
        "\n";
  }
  return sink->Write(names);
}

}  // namespace syspulse
