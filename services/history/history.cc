#include "services/history/history.h"

#include <limits>
#include <utility>
#include <vector>

#include "services/model/instance_names.h"

namespace syspulse {
namespace {

constexpr absl::Duration kMostAhead = absl::Minutes(10);  // what clocks may differ by

}  // namespace

absl::StatusOr<std::unique_ptr<History>> History::Open(Hub* hub, StoreOptions options,
                                                       FileSystem* files, const Clock* clock) {
  std::unique_ptr<History> history(new History(hub, clock, options.blocks.retention));
  auto store =
      Store::Open(std::move(options), files, clock,
                  [made = history.get()](std::uint64_t ticket) { made->OnDurable(ticket); });
  if (!store.ok()) return store.status();
  history->store_ = *std::move(store);
  history->series_ = std::make_unique<const StoreSeries>(history->store_.get());
  hub->AddSink(history.get());
  for (const HostPtr& host : hub->Hosts()) history->OnHost(host);
  return history;
}

History::~History() {
  if (store_ != nullptr) hub_->RemoveSink(this);
}

absl::StatusOr<std::uint64_t> History::Keep(const FramePtr& frame) { return store_->Append(frame); }

KeptTimes History::times() const {
  const absl::Time now = clock_->Now();
  return {.oldest = now - retention_, .newest = now + kMostAhead};
}

std::uint64_t History::taken() const { return store_->last_ticket(); }

std::uint64_t History::kept() const { return store_->durable_ticket(); }

std::vector<absl::Time> History::SampleTimes(std::string_view host_id, std::string_view source,
                                             absl::Time since) const {
  const MillisRange range{.first_ms = absl::ToUnixMillis(since),
                          .last_ms = std::numeric_limits<std::int64_t>::max()};
  std::vector<absl::Time> times;
  for (const std::int64_t time_ms : store_->Times(host_id, source, range)) {
    times.push_back(absl::FromUnixMillis(time_ms));
  }
  return times;
}

void History::AddListener(KeptListener* listener) {
  const MutexLock lock(listeners_mutex_);
  listeners_.insert(listener);
}

void History::RemoveListener(KeptListener* listener) {
  const MutexLock lock(listeners_mutex_);
  listeners_.erase(listener);
}

void History::OnDurable(std::uint64_t ticket) {
  const MutexLock lock(listeners_mutex_);
  for (KeptListener* const listener : listeners_) listener->OnKept(ticket);
}

void History::OnHost(const HostPtr& host) {
  const MutexLock lock(hosts_mutex_);
  HostPtr& known = hosts_[host->id];
  if (known != nullptr && known->hostname == host->hostname) return;
  if (known != nullptr) {
    by_hostname_[known->hostname].erase(host->id);
    NameLocked(known->hostname);
  }
  known = host;
  by_hostname_[host->hostname][host->id] = host;
  NameLocked(host->hostname);
}

void History::OnHostDeleted(const std::string& host_id) {
  const MutexLock lock(hosts_mutex_);
  const auto host = hosts_.find(host_id);
  if (host == hosts_.end()) return;
  const std::string hostname = host->second->hostname;
  hosts_.erase(host);
  by_hostname_[hostname].erase(host_id);
  NameLocked(hostname);
}

void History::NameLocked(const std::string& hostname) {
  const auto found = by_hostname_.find(hostname);
  if (found->second.empty()) {
    by_hostname_.erase(found);
    return;
  }
  std::vector<HostPtr> hosts;
  for (const auto& [id, host] : found->second) hosts.push_back(host);
  for (const auto& [id, instance] : InstancesOf(hosts)) {
    store_->SetHostLabels(id, {{"instance", instance}, {"job", "syspulse"}});
  }
}

}  // namespace syspulse
