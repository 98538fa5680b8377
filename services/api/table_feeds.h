// Lists that are sent whole: processes, of one host or merged, and the list of hosts.
//
// Building one takes longer the larger the fleet is, so these feeds do not answer each change but
// ask to be refreshed; see Fanout for how often that is.
#ifndef SERVICES_API_TABLE_FEEDS_H_
#define SERVICES_API_TABLE_FEEDS_H_

#include <string>
#include <utility>
#include <vector>

#include "services/api/feed.h"
#include "services/api/process_query.h"
#include "services/api/topic.h"

namespace syspulse {

// Returns the rows that the query selects: of `hosts`, which are those of one name or, if `merged`,
// all. Where all are merged, those that are not online are left out, and rows say whose they are.
// With `interim` tables among them, if those are wanted.
ProcessSelection SelectProcesses(const Hub& hub, const std::vector<HostPtr>& hosts, bool merged,
                                 const ProcessQuery& query, RowRange range, bool interim = false);

// Keeps its value for those who come later.
class TableFeed : public Feed {
 public:
  using Feed::Feed;

  void Greet(Subscription& subscription) override;
  void Refresh() override;

 protected:
  virtual LiveValuePtr Build() const = 0;  // null while there is nothing to send
  // Shows those who come later nothing of a host that was deleted, though a refresh may be far off.
  void ForgetIfDeleted(const HostChange& change);

 private:
  LiveValuePtr current_;  // null if there was nothing; a refresh is due once it is outdated
};

class ProcessFeed final : public TableFeed {
 public:
  // `context` must outlive this.
  ProcessFeed(FeedContext* context, const ProcessTopic& topic);

  bool OnChange(const HostChange& change) override;
  absl::Duration Pace() const override { return interval_; }

 private:
  LiveValuePtr Build() const override;
  Demand DemandOf(const Subscription& subscription) const override;
  bool wants_interim() const;

  const ProcessQuery query_;
  const RowRange range_;
  const absl::Duration interval_;
};

class HostFeed final : public TableFeed {
 public:
  // `context` must outlive this.
  HostFeed(FeedContext* context, HostTopic topic)
      : TableFeed(context, ""), topic_(std::move(topic)) {}

  bool OnChange(const HostChange& change) override;
  absl::Duration Pace() const override {
    return topic_.summary_interval.value_or(absl::ZeroDuration());
  }

 private:
  LiveValuePtr Build() const override;

  const HostTopic topic_;
};

}  // namespace syspulse

#endif  // SERVICES_API_TABLE_FEEDS_H_
