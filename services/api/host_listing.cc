#include "services/api/host_listing.h"

#include <algorithm>

#include "services/api/snapshot_feed.h"
#include "services/base/status_macros.h"
#include "services/model/proto.h"

namespace syspulse {

HostSummary SummaryOf(const Hub& hub, const SnapshotView& view, const HostPtr& host) {
  if (host->state == HostState::kOffline) return {};
  FramePair system = hub.LatestTwo(host->id, kSystemSource);
  if (system.latest == nullptr) return {};
  return view.Summarize({.host = host,
                         .system = std::move(system.latest),
                         .earlier_system = std::move(system.earlier),
                         .filesystem = hub.LatestFrame(host->id, kFilesystemSource)});
}

void ToProto(const ListedHost& listed, v1::Host* out) {
  ToProto(*listed.host, out);
  if (listed.summary.sample_time != absl::InfinitePast()) {
    ToProto(listed.summary, out->mutable_summary());
  }
}

absl::StatusOr<HostListing> HostListing::Create(const std::string& filter,
                                                const std::string& order_by) {
  ASSIGN_OR_RETURN(HostFilter parsed_filter, HostFilter::Parse(filter));
  ASSIGN_OR_RETURN(HostOrder parsed_order, HostOrder::Parse(order_by));
  return HostListing(std::move(parsed_filter), std::move(parsed_order));
}

std::vector<ListedHost> HostListing::Select(const Hub& hub, const SnapshotView& view,
                                            bool summaries) const {
  const bool summarize = summaries || NeedsSummaries();
  std::vector<ListedHost> selected;
  for (HostPtr& host : hub.Hosts()) {
    if (!filter_.MeansLabels(*host)) continue;
    HostSummary summary = summarize ? SummaryOf(hub, view, host) : HostSummary();
    if (!filter_.MeansSummary(summary)) continue;
    HostRank rank = order_.RankOf(*host, summary);
    selected.push_back(
        {.host = std::move(host), .summary = std::move(summary), .rank = std::move(rank)});
  }
  std::ranges::sort(selected, [&](const ListedHost& a, const ListedHost& b) {
    return order_.Before(a.rank, b.rank);
  });
  return selected;
}

}  // namespace syspulse
