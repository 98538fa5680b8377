#include "services/api/process_listing.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/api/paging.h"
#include "services/api/table_feeds.h"
#include "services/api/topic.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/model/resource_name.h"

namespace syspulse {
namespace {

constexpr PageLimits kProcessPages = {.default_size = 50, .max_size = 1000};
constexpr double kIntervalsToWait = 3;
constexpr absl::Duration kLeastPatience = absl::Seconds(3);
constexpr absl::Duration kMostPatience = absl::Seconds(10);  // people wait for the answer

// Returns where a page begins. A token with the right hash holds a number, unless it was forged.
absl::StatusOr<std::uint32_t> ParseOffset(const std::string& position) {
  if (position.empty()) return 0;
  const std::optional<std::uint32_t> offset = ParseNumber<std::uint32_t>(position);
  if (!offset) return absl::InvalidArgumentError("page_token does not belong to this request");
  return *offset;
}

// Returns the host of this name, or all hosts for an empty one.
absl::StatusOr<std::vector<HostPtr>> FindHosts(const Hub& hub, const std::string& name) {
  if (name.empty()) return hub.Hosts();
  ASSIGN_OR_RETURN(HostPtr host, hub.FindHost(name));
  return std::vector<HostPtr>{std::move(host)};
}

}  // namespace

absl::StatusOr<ProcessListing> ProcessListing::Create(const v1::ListProcessesRequest& request) {
  RETURN_IF_ERROR(CheckHostName(request.host()));
  ASSIGN_OR_RETURN(ProcessQuery query,
                   ProcessQuery::Create(request.order_by(), request.filter(), request.tree()));
  ASSIGN_OR_RETURN(const std::size_t page_size, PageSize(request.page_size(), kProcessPages));
  v1::ListProcessesRequest arguments = ArgumentsOf(request);
  ASSIGN_OR_RETURN(const std::string position, ParsePageToken(arguments, request.page_token()));
  ASSIGN_OR_RETURN(const std::uint32_t offset, ParseOffset(position));
  return ProcessListing(std::move(arguments), std::move(query),
                        {.offset = offset, .limit = page_size});
}

absl::StatusOr<std::string> ProcessListing::HostId(const Hub& hub) const {
  if (arguments_.host().empty()) return "";
  ASSIGN_OR_RETURN(const HostPtr host, hub.FindHost(arguments_.host()));
  return host->id;
}

MissingTables ProcessListing::Missing(const Hub& hub) const {
  MissingTables missing{.patience = kLeastPatience};
  const absl::StatusOr<std::vector<HostPtr>> hosts = FindHosts(hub, arguments_.host());
  if (!hosts.ok()) return missing;
  for (const HostPtr& host : *hosts) {
    const ProcessTablePtr table = hub.LatestProcesses(host->id);
    if (host->state != HostState::kOnline || table == nullptr || !table->partial) continue;
    missing.host_ids.insert(host->id);
    missing.patience = std::max(missing.patience, kIntervalsToWait * host->sample_interval);
  }
  missing.patience = std::min(missing.patience, kMostPatience);
  return missing;
}

absl::StatusOr<v1::ListProcessesResponse> ProcessListing::Answer(const Hub& hub) const {
  ASSIGN_OR_RETURN(const std::vector<HostPtr> hosts, FindHosts(hub, arguments_.host()));
  const bool merged = arguments_.host().empty();
  ProcessSelection selection = SelectProcesses(hub, hosts, merged, query_, range_);
  v1::ListProcessesResponse response;
  v1::ProcessTable& table = *response.mutable_process_table();
  table = std::move(selection.table);
  if (!merged) table.set_host(HostName(hosts.front()->id));
  const std::size_t end = range_.offset + range_.limit;
  // Behind a full page there may be rows that are not known here yet.
  const bool is_full = static_cast<std::size_t>(table.processes_size()) == range_.limit;
  if (end < selection.row_count ||
      (is_full && end < static_cast<std::size_t>(table.matched_count()))) {
    response.set_next_page_token(MakePageToken(arguments_, absl::StrFormat("%d", end)));
  }
  return response;
}

}  // namespace syspulse
