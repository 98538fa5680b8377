#include "services/api/table_feeds.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "services/api/host_listing.h"
#include "services/base/text.h"
#include "services/model/instance_names.h"
#include "services/model/resource_name.h"
#include "syspulse/v1/live_service.pb.h"

namespace syspulse {

namespace {

bool SameBytes(const LiveValue& a, const LiveValue& b) {
  return a.message.size() == b.message.size() &&
         std::memcmp(a.message.begin(), b.message.begin(), a.message.size()) == 0;
}

// Says of each row whose it is.
void NameHosts(const std::vector<HostPtr>& hosts, v1::ProcessTable* table) {
  const std::map<std::string, std::string> instances = InstancesOf(hosts);
  for (v1::Process& process : *table->mutable_processes()) {
    std::string_view rest = HostIdOf(process.name());
    const auto instance = instances.find(std::string(TakeUntil(&rest, '/')));
    if (instance != instances.end()) process.set_hostname(instance->second);
  }
}

void Count(const Host& host, v1::HostList* list) {
  switch (host.state) {
    case HostState::kOnline:
      list->set_online_count(list->online_count() + 1);
      break;
    case HostState::kStale:
      list->set_stale_count(list->stale_count() + 1);
      break;
    case HostState::kOffline:
      list->set_offline_count(list->offline_count() + 1);
      break;
  }
}

}  // namespace

ProcessSelection SelectProcesses(const Hub& hub, const std::vector<HostPtr>& hosts, bool merged,
                                 const ProcessQuery& query, RowRange range, bool interim) {
  std::vector<ProcessTablePtr> tables;
  tables.reserve(hosts.size());
  for (const HostPtr& host : hosts) {
    if (merged && host->state != HostState::kOnline) continue;
    ProcessTablePtr table =
        interim ? hub.LatestProcessesWithInterim(host->id) : hub.LatestProcesses(host->id);
    if (table != nullptr) tables.push_back(std::move(table));
  }
  ProcessSelection selection = query.Select(tables, range);
  if (merged) NameHosts(hosts, &selection.table);
  return selection;
}

void TableFeed::Greet(Subscription& subscription) {
  if (current_ == nullptr) current_ = Build();
  if (current_ != nullptr) subscription.subscriber->Offer(subscription.topic, current_, 0);
}

void TableFeed::Refresh() {
  LiveValuePtr newest = Build();
  if (newest != nullptr && current_ != nullptr && SameBytes(*newest, *current_)) return;
  current_ = std::move(newest);
  if (current_ == nullptr) return;  // the host is gone: nothing for those who come later either
  for (Subscription& one : subscriptions_) one.subscriber->Offer(one.topic, current_, 0);
}

void TableFeed::ForgetIfDeleted(const HostChange& change) {
  if (change.deleted) current_ = nullptr;
}

ProcessFeed::ProcessFeed(FeedContext* context, const ProcessTopic& topic)
    : TableFeed(context, topic.host),
      query_(topic.query),
      range_{.limit = topic.limit},
      interval_(topic.interval) {}

Demand ProcessFeed::DemandOf(const Subscription&) const {
  return {.all_processes = query_.NeedsAll(range_),
          .process_interval = IsFast(interval_) ? interval_ : absl::ZeroDuration()};
}

bool ProcessFeed::OnChange(const HostChange& change) {
  ForgetIfDeleted(change);
  return change.processes || change.deleted || (change.interim_processes && wants_interim()) ||
         (host().empty() && change.described);
}

// All subscribers want the same.
bool ProcessFeed::wants_interim() const {
  return !subscriptions_.empty() && subscriptions_.front().interim();
}

LiveValuePtr ProcessFeed::Build() const {
  const std::vector<HostPtr> hosts = Hosts();
  const bool merged = host().empty();
  v1::ProcessTable table =
      SelectProcesses(*context_->hub, hosts, merged, query_, range_, wants_interim()).table;
  if (!table.has_sample_time() && (!merged || hosts.empty())) return nullptr;
  if (!merged) table.set_host(HostName(host_id()));
  return std::make_shared<LiveValue>(
      LiveValue{.kind = ValueKind::kProcesses, .message = Serialize(table)});
}

bool HostFeed::OnChange(const HostChange& change) {
  ForgetIfDeleted(change);
  return change.described || change.deleted || (topic_.summary_interval && !change.frames.empty());
}

LiveValuePtr HostFeed::Build() const {
  const std::vector<ListedHost> hosts =
      topic_.listing.Select(*context_->hub, *context_->view, topic_.summary_interval.has_value());
  v1::HostList list;
  list.set_matched_count(static_cast<std::int32_t>(hosts.size()));
  for (const ListedHost& listed : hosts) Count(*listed.host, &list);
  const std::size_t begin = std::min(topic_.skip, hosts.size());
  const std::size_t rest = hosts.size() - begin;
  const std::size_t end = begin + (topic_.limit == 0 ? rest : std::min(topic_.limit, rest));
  for (std::size_t i = begin; i < end; ++i) ToProto(hosts[i], list.add_hosts());
  return std::make_shared<LiveValue>(
      LiveValue{.kind = ValueKind::kHosts, .message = Serialize(list)});
}

}  // namespace syspulse
