#include <algorithm>
#include <array>
#include <limits>

#include "absl/strings/str_format.h"
#include "clients/cli/command/commands.h"
#include "clients/cli/command/process_rows.h"
#include "clients/cli/command/sort_key.h"
#include "services/base/status_macros.h"
#include "syspulse/v1/process_service.grpc.pb.h"

namespace syspulse {
namespace {

constexpr std::int64_t kPageSize = 1000;

constexpr std::array kSortKeys = std::to_array<SortKey>({
    {"cpu", "cpu_utilization_ratio", true},
    {"memory", "resident_bytes", true},
    {"read", "read_bytes_per_second", true},
    {"write", "write_bytes_per_second", true},
    {"io", "io_bytes_per_second", true},
    {"time", "cpu_seconds", true},
    {"threads", "thread_count", true},
    {"pid", "pid", false},
    {"user", "user", false},
    {"command", "command", false},
    {"start", "start_time", true},
    {"swap", "swap_bytes", true},
    {"shared", "shared_bytes", true},
    {"virtual", "virtual_bytes", true},
    {"files", "open_file_count", true},
    {"container", "container", false},
    {"unit", "unit", false},
});

// Returns the host to ask for where none was named.
absl::StatusOr<std::string> OnlyHost(const Session& session) {
  ASSIGN_OR_RETURN(const std::vector<v1::Host> hosts, ListAllHosts(session));
  if (hosts.empty()) {
    return absl::NotFoundError("no host yet: start syspulse-agent on one");
  }
  if (hosts.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrFormat("there are %d hosts: name one (syspulse ps HOST; 'syspulse hosts' lists "
                        "them) or take --all-hosts",
                        static_cast<int>(hosts.size())));
  }
  return hosts.front().name();
}

std::string WhyNone(const PsArguments& options) {
  if (!options.filter.empty()) return absl::StrFormat("no process matches '%s'", options.filter);
  if (options.all_hosts) return "no process is known: no host with an agent is online";
  return "no process is known of this host: its agent tells of them, where it has one";
}

absl::StatusOr<v1::ProcessTable> ReadProcesses(const Session& session,
                                               v1::ListProcessesRequest request,
                                               std::int64_t limit) {
  const auto stub = v1::ProcessService::NewStub(session.channel);
  v1::ProcessTable table;
  std::int64_t missing = limit > 0 ? limit : std::numeric_limits<std::int64_t>::max();
  do {
    request.set_page_size(static_cast<std::int32_t>(std::min(missing, kPageSize)));
    v1::ListProcessesResponse page;
    RETURN_IF_ERROR(CallOnce(session, [&](grpc::ClientContext* context) {
      return stub->ListProcesses(context, request, &page);
    }));
    missing -= page.process_table().processes_size();
    request.set_page_token(page.next_page_token());
    // The totals are those of the newest page, the rows those of all.
    ProcessList rows = std::move(*table.mutable_processes());
    rows.MergeFrom(page.process_table().processes());
    table = page.process_table();
    *table.mutable_processes() = std::move(rows);
  } while (missing > 0 && !request.page_token().empty());
  return table;
}

}  // namespace

std::vector<std::string> SortKeys() { return KeysOf(kSortKeys); }

absl::StatusOr<std::string> OrderBy(std::string_view sort) { return OrderByKey(kSortKeys, sort); }

absl::Status RunPs(const Session& session, const PsArguments& options) {
  v1::ListProcessesRequest request;
  ASSIGN_OR_RETURN(const std::string order_by, OrderBy(options.sort));
  request.set_order_by(order_by);
  request.set_filter(options.filter);
  request.set_host(options.host);
  request.set_tree(options.tree);
  if (options.host.empty() && !options.all_hosts) {
    ASSIGN_OR_RETURN(*request.mutable_host(), OnlyHost(session));
  }
  const std::int64_t limit = options.all ? 0 : options.limit;
  ASSIGN_OR_RETURN(const v1::ProcessTable table, ReadProcesses(session, request, limit));
  if (table.processes().empty()) session.tell_user(WhyNone(options));
  if (table.partial()) {
    session.tell_user("partial: the agent has not sent all processes yet; some may be missing");
  }
  std::vector<std::string> columns = DefaultProcessColumns(table.processes(), options.all_hosts);
  if (!options.columns.empty()) {
    ASSIGN_OR_RETURN(columns, ParseProcessColumns(options.columns));
  }
  return session.writer->Write({.message = &table,
                                .tables = {ProcessRows(table.processes(), columns)},
                                .records = ProcessRecords(table.processes())});
}

}  // namespace syspulse
