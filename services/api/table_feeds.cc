#include "services/api/table_feeds.h"

#include <cstring>
#include <memory>
#include <utility>

#include "services/model/proto.h"
#include "services/model/resource_name.h"
#include "syspulse/v1/live_service.pb.h"

namespace syspulse {

namespace {

bool SameBytes(const LiveValue& a, const LiveValue& b) {
  return a.message.size() == b.message.size() &&
         std::memcmp(a.message.begin(), b.message.begin(), a.message.size()) == 0;
}

}  // namespace

std::vector<ProcessTablePtr> NewestTables(const Hub& hub, const std::vector<HostPtr>& hosts) {
  std::vector<ProcessTablePtr> tables;
  tables.reserve(hosts.size());
  for (const HostPtr& host : hosts) {
    if (ProcessTablePtr table = hub.LatestProcesses(host->id)) tables.push_back(std::move(table));
  }
  return tables;
}

void TableFeed::Greet(Subscription& subscription) {
  if (current_ == nullptr) current_ = Build();
  if (current_ != nullptr) subscription.subscriber->Offer(subscription.topic, current_, 0);
}

void TableFeed::Refresh() {
  LiveValuePtr newest = Build();
  if (newest == nullptr || (current_ != nullptr && SameBytes(*newest, *current_))) return;
  current_ = std::move(newest);
  for (Subscription& one : subscriptions_) one.subscriber->Offer(one.topic, current_, 0);
}

ProcessFeed::ProcessFeed(FeedContext* context, std::string host, ProcessQuery query,
                         std::size_t limit)
    : TableFeed(context, std::move(host)), query_(std::move(query)), range_{.limit = limit} {
  if (this->host().empty() && query_.NeedsAll(range_)) {
    lease_ = context_->hub->process_demand().WantAll("");
  }
}

void ProcessFeed::set_host_id(std::string id) {
  const bool demands = !id.empty() && query_.NeedsAll(range_);
  lease_ = demands ? context_->hub->process_demand().WantAll(id) : ProcessDemand::Lease();
  TableFeed::set_host_id(std::move(id));
}

LiveValuePtr ProcessFeed::Build() const {
  const std::vector<ProcessTablePtr> tables = NewestTables(*context_->hub, Hosts());
  if (tables.empty()) return nullptr;
  v1::ProcessTable table = query_.Select(tables, range_).table;
  if (!host().empty()) table.set_host(HostName(host_id()));
  return std::make_shared<LiveValue>(
      LiveValue{.kind = ValueKind::kProcesses, .message = Serialize(table)});
}

LiveValuePtr HostFeed::Build() const {
  v1::HostList list;
  for (const HostPtr& host : Hosts()) {
    if (filter_.Means(*host)) ToProto(*host, list.add_hosts());
  }
  return std::make_shared<LiveValue>(
      LiveValue{.kind = ValueKind::kHosts, .message = Serialize(list)});
}

}  // namespace syspulse
