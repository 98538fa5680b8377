// Which hosts a reader wants and in what order: checked once, then applied to all hosts, for one
// page or again and again.
#ifndef SERVICES_API_HOST_LISTING_H_
#define SERVICES_API_HOST_LISTING_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/api/host_filter.h"
#include "services/api/host_order.h"
#include "services/api/host_summary.h"
#include "services/api/snapshot_view.h"
#include "services/hub/hub.h"
#include "services/model/host.h"
#include "syspulse/v1/host.pb.h"

namespace syspulse {

// Returns what the host is doing by its newest frames. Without a sample time if it is offline or
// sent none: what it did once is not what it is doing.
HostSummary SummaryOf(const Hub& hub, const SnapshotView& view, const HostPtr& host);

// A host of a list.
struct ListedHost {
  HostPtr host;
  HostSummary summary;  // empty unless it was asked for or needed
  HostRank rank;
};

// Sets `out`, with the summary if there is one.
void ToProto(const ListedHost& listed, v1::Host* out);

// A value. Thread-safe.
class HostListing {
 public:
  // All hosts by hostname.
  HostListing() = default;

  // InvalidArgument for what ListHosts says.
  static absl::StatusOr<HostListing> Create(const std::string& filter, const std::string& order_by);

  // Returns the hosts that are meant, in order. `summaries` says whether they have summaries where
  // neither filter nor order needs them.
  std::vector<ListedHost> Select(const Hub& hub, const SnapshotView& view, bool summaries) const;

  // Returns whether the list depends on what hosts are doing.
  bool NeedsSummaries() const { return filter_.NeedsSummary() || order_.NeedsSummary(); }

  const HostOrder& order() const { return order_; }

  // Returns it in a form that is the same for equal listings.
  std::string Canonical() const { return order_.canonical() + "\n" + filter_.text(); }

 private:
  HostListing(HostFilter filter, HostOrder order)
      : filter_(std::move(filter)), order_(std::move(order)) {}

  HostFilter filter_;
  HostOrder order_;
};

}  // namespace syspulse

#endif  // SERVICES_API_HOST_LISTING_H_
