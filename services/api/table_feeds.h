// Lists that are sent whole: processes, of one host or merged, and the list of hosts.
//
// Building one takes longer the larger the fleet is, so these feeds do not answer each change but
// ask to be refreshed; see Fanout for how often that is.
#ifndef SERVICES_API_TABLE_FEEDS_H_
#define SERVICES_API_TABLE_FEEDS_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "services/api/feed.h"
#include "services/api/host_filter.h"
#include "services/api/process_query.h"
#include "services/hub/process_demand.h"

namespace syspulse {

// Returns the newest tables of these hosts; those without one are left out.
std::vector<ProcessTablePtr> NewestTables(const Hub& hub, const std::vector<HostPtr>& hosts);

// Keeps its value for those who come later.
class TableFeed : public Feed {
 public:
  using Feed::Feed;

  void Greet(Subscription& subscription) override;
  void Refresh() override;

 protected:
  virtual LiveValuePtr Build() const = 0;  // null while there is nothing to send

 private:
  LiveValuePtr current_;  // null if there was nothing; a refresh is due once it is outdated
};

class ProcessFeed final : public TableFeed {
 public:
  ProcessFeed(FeedContext* context, std::string host, ProcessQuery query, std::size_t limit);

  void set_host_id(std::string id) override;
  bool OnChange(const HostChange& change) override { return change.processes || change.deleted; }

 private:
  LiveValuePtr Build() const override;

  const ProcessQuery query_;
  const RowRange range_;
  ProcessDemand::Lease lease_;  // on all processes of the hosts, where those are needed
};

class HostFeed final : public TableFeed {
 public:
  HostFeed(FeedContext* context, HostFilter filter)
      : TableFeed(context, ""), filter_(std::move(filter)) {}

  bool OnChange(const HostChange& change) override { return change.described || change.deleted; }

 private:
  LiveValuePtr Build() const override;

  const HostFilter filter_;
};

}  // namespace syspulse

#endif  // SERVICES_API_TABLE_FEEDS_H_
