#include "services/api/feed.h"

#include <algorithm>

#include "services/model/resource_name.h"

namespace syspulse {

void HostChange::Merge(HostChange later) {
  if (later.deleted) {
    *this = std::move(later);
    return;
  }
  described = described || later.described;
  processes = processes || later.processes;
  interim_processes = interim_processes || later.interim_processes;
  for (auto& [source, frame] : later.interim) interim[source] = std::move(frame);
  for (auto& [source, changed] : later.frames) {
    const auto [mine, is_new] = frames.try_emplace(source, changed);
    if (is_new) continue;
    mine->second.frame = std::move(changed.frame);
    mine->second.skipped += changed.skipped + 1;
  }
}

bool Subscription::Wants(std::uint64_t key, absl::Time time) {
  const auto last = last_time.find(key);
  if (interval > absl::ZeroDuration()) {
    // A clock that was set back starts anew.
    const bool too_early =
        last != last_time.end() && time >= last->second && time < last->second + interval;
    if (too_early) return false;
    last_time[key] = time;
    return true;
  }
  if (last == last_time.end()) return true;
  const bool newer = time != last->second;
  last_time.erase(last);
  return newer;
}

std::uint64_t KeyTable::KeyOf(const std::string& host_id, const std::string& source) {
  std::uint64_t& key = keys_[host_id][source];
  if (key == 0) key = ++last_;
  return key;
}

void KeyTable::Forget(const std::string& host_id) { keys_.erase(host_id); }

void Feed::Subscribe(Subscription subscription) {
  subscriptions_.push_back(std::move(subscription));
  Greet(subscriptions_.back());
}

void Feed::set_host_id(std::string id) {
  host_id_ = std::move(id);
  for (Subscription& one : subscriptions_) {
    one.lease = {};
    one.demand = {};
  }
  AskAgain();
}

void Feed::AskAgain() {
  std::erase_if(subscriptions_, [this](Subscription& one) { return !Ask(&one); });
}

bool Feed::Ask(Subscription* subscription) {
  if (host_id_.empty()) return host_.empty() || MayCome(*subscription);
  const Demand demand = DemandOf(*subscription);
  if (demand == subscription->demand) return true;
  absl::StatusOr<ReaderDemand::Lease> lease = context_->hub->reader_demand().Want(host_id_, demand);
  if (!lease.ok()) {
    has_refused_ = true;
    subscription->subscriber->Fail(subscription->topic, lease.status());
    return false;
  }
  subscription->lease = *std::move(lease);
  subscription->demand = demand;
  return true;
}

bool Feed::MayCome(const Subscription& subscription) {
  const absl::Status known = context_->hub->FindHost(host_).status();
  if (!absl::IsFailedPrecondition(known)) return true;
  has_refused_ = true;
  subscription.subscriber->Fail(subscription.topic, known);
  return false;
}

bool Feed::IsFast(absl::Duration interval) const {
  if (interval <= absl::ZeroDuration()) return false;
  const absl::StatusOr<HostPtr> host = context_->hub->FindHost(HostName(host_id_));
  return host.ok() && std::max(interval, ReaderDemand::kLeastInterval) < (*host)->sample_interval;
}

void Feed::Unsubscribe(const Subscriber* subscriber) {
  std::erase_if(subscriptions_,
                [&](const Subscription& one) { return one.subscriber.get() == subscriber; });
}

Subscription* Feed::Find(const Subscriber* subscriber, int topic) {
  const auto found = std::ranges::find_if(subscriptions_, [&](const Subscription& one) {
    return one.subscriber.get() == subscriber && one.topic == topic;
  });
  return found == subscriptions_.end() ? nullptr : &*found;
}

std::vector<HostPtr> Feed::Hosts() const {
  if (host_.empty()) return context_->hub->Hosts();
  if (host_id_.empty()) return {};
  absl::StatusOr<HostPtr> host = context_->hub->FindHost(HostName(host_id_));
  return host.ok() ? std::vector<HostPtr>{*std::move(host)} : std::vector<HostPtr>{};
}

}  // namespace syspulse
