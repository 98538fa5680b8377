#include <map>
#include <set>

#include "clients/cli/command/commands.h"
#include "clients/cli/command/host_tables.h"
#include "clients/cli/command/sort_key.h"
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

constexpr SortKey kSortKeys[] = {
    {"name", "display_name", false},    {"state", "state", true},
    {"cpu", "cpu.utilization", true},   {"memory", "memory.utilization", true},
    {"disk", "disk.utilization", true}, {"load", "load", true},
    {"pressure", "pressure", true},     {"seen", "last_seen_time", false}};

absl::Status WriteHosts(const Session& session, const v1::HostList& list, bool with_time,
                        bool filtered) {
  const absl::Time now = session.clock->Now();
  if (list.hosts().empty()) {
    session.tell_user(filtered ? "no host is such" : "no host yet: start syspulse-agent on one");
  }
  Table table = HostTable(list, now);
  if (with_time) table.title = HumanClock(now, session.zone);
  return session.writer->Write(
      {.message = &list, .tables = {std::move(table)}, .records = HostRecords(list)});
}

// Says of each host that two agents claim what to do, once for each conflict.
void TellConflicts(const Session& session, const v1::HostList& list, std::set<std::string>* told) {
  for (const v1::Host& host : list.hosts()) {
    if (!host.has_conflict()) {
      told->erase(host.name());
    } else if (told->insert(host.name()).second) {
      session.tell_user(ConflictSentence(host));
    }
  }
}

absl::Status WatchHosts(const Session& session, const HostsArguments& options,
                        const std::string& order_by) {
  const auto stub = v1::HostService::NewStub(session.channel);
  v1::WatchHostsRequest request;
  request.set_filter(options.filter);
  request.set_order_by(order_by);
  std::int64_t shown = 0;
  std::set<std::string> told;
  return ReadStream<v1::WatchHostsResponse>(
      session,
      {.open = [&](grpc::ClientContext* context,
                   auto* reactor) { stub->async()->WatchHosts(context, &request, reactor); },
       .on_message = [&](const v1::WatchHostsResponse& response) -> absl::StatusOr<bool> {
         v1::HostList list;
         *list.mutable_hosts() = response.hosts();
         TellConflicts(session, list, &told);
         RETURN_IF_ERROR(WriteHosts(session, list, true, !options.filter.empty()));
         return options.count == 0 || ++shown < options.count;
       }});
}

}  // namespace

std::vector<std::string> HostSortKeys() { return KeysOf(kSortKeys); }

absl::StatusOr<std::string> HostOrderBy(std::string_view sort) {
  return OrderByKey(kSortKeys, sort);
}

absl::StatusOr<std::vector<v1::Host>> ListAllHosts(const Session& session,
                                                   const std::string& filter,
                                                   const std::string& order_by) {
  const auto stub = v1::HostService::NewStub(session.channel);
  std::vector<v1::Host> hosts;
  v1::ListHostsRequest request;
  request.set_page_size(kPageSize);
  request.set_filter(filter);
  request.set_order_by(order_by);
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
  ASSIGN_OR_RETURN(const std::string order_by, HostOrderBy(options.sort));
  if (options.watch) return WatchHosts(session, options, order_by);
  ASSIGN_OR_RETURN(const std::vector<v1::Host> hosts,
                   ListAllHosts(session, options.filter, order_by));
  v1::HostList list;
  list.mutable_hosts()->Assign(hosts.begin(), hosts.end());
  std::set<std::string> told;
  TellConflicts(session, list, &told);
  return WriteHosts(session, list, false, !options.filter.empty());
}

absl::Status RunHostNames(const Session& session, TextSink* sink) {
  ASSIGN_OR_RETURN(const std::vector<v1::Host> hosts, ListAllHosts(session));
  std::map<std::string, int> counts;
  for (const v1::Host& host : hosts) ++counts[host.hostname()];
  std::string names;
  for (const v1::Host& host : hosts) {
    // A name that several have would be refused.
    const bool named = !host.hostname().empty() && counts[host.hostname()] == 1;
    names += SafeText(named ? host.hostname() : std::string(HostIdOf(host.name()))) + "\n";
  }
  return sink->Write(names);
}

}  // namespace syspulse
