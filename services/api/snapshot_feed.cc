#include "services/api/snapshot_feed.h"

#include <memory>

#include "services/model/resource_name.h"

namespace syspulse {

std::optional<SnapshotInput> NewestSnapshot(const Hub& hub, HostPtr host, bool interim) {
  FramePair system = interim ? hub.LatestTwoWithInterim(host->id, kSystemSource)
                             : hub.LatestTwo(host->id, kSystemSource);
  if (system.latest == nullptr) return std::nullopt;
  FramePtr filesystem = hub.LatestFrame(host->id, kFilesystemSource);
  ProcessTablePtr processes =
      interim ? hub.LatestProcessesWithInterim(host->id) : hub.LatestProcesses(host->id);
  return SnapshotInput{.host = std::move(host),
                       .system = std::move(system.latest),
                       .earlier_system = std::move(system.earlier),
                       .filesystem = std::move(filesystem),
                       .processes = std::move(processes)};
}

Demand SnapshotFeed::DemandOf(const Subscription& subscription) const {
  if (!IsFast(subscription.interval)) return {};
  return {.sample_interval = subscription.interval};
}

void SnapshotFeed::Greet(Subscription& subscription) {
  for (const HostPtr& host : Hosts()) {
    if (!subscription.awaits_history.contains(host->id)) GreetWith(subscription, host);
  }
}

void SnapshotFeed::GreetAfterHistory(Subscription& subscription, const std::string& host_id) {
  subscription.awaits_history.erase(host_id);
  const absl::StatusOr<HostPtr> host = context_->hub->FindHost(HostName(host_id));
  if (host.ok()) GreetWith(subscription, *host);
}

void SnapshotFeed::GreetWith(Subscription& subscription, const HostPtr& host) {
  const Value* const newest = Newest(host, subscription.interim());
  if (newest == nullptr) return;
  subscription.Greeted(newest->value->key, newest->time);
  subscription.subscriber->Offer(subscription.topic, newest->value, 0);
}

bool SnapshotFeed::OnChange(const HostChange& change) {
  if (change.deleted) newest_.erase(change.host_id);
  const auto system = change.frames.find(kSystemSource);
  const bool ordinary = system != change.frames.end();
  if (!ordinary && !change.interim.contains(kSystemSource)) return false;
  newest_.erase(change.host_id);
  const absl::StatusOr<HostPtr> host = context_->hub->FindHost(HostName(change.host_id));
  if (!host.ok()) return false;  // deleted meanwhile
  const std::uint64_t key = context_->keys.KeyOf(change.host_id);
  for (Subscription& one : subscriptions_) {
    if (one.awaits_history.contains(change.host_id) || (!ordinary && !one.interim())) continue;
    if (!one.interim() && !one.Wants(key, system->second.frame->time)) continue;
    const Value* const value = Newest(*host, one.interim());
    if (value == nullptr) return false;
    if (one.interim() && !one.Wants(key, value->time)) continue;
    // A reader that wants one now and then does not miss those between.
    const bool all = one.interval == absl::ZeroDuration();
    one.subscriber->Offer(one.topic, value->value, all ? system->second.skipped : 0);
  }
  return false;
}

const SnapshotFeed::Value* SnapshotFeed::Newest(const HostPtr& host, bool interim) {
  Values& values = newest_[host->id];
  Value& newest = interim ? values.interim : values.ordinary;
  if (newest.value != nullptr) return &newest;
  const std::optional<SnapshotInput> input = NewestSnapshot(*context_->hub, host, interim);
  if (!input) return nullptr;
  newest = {.value = std::make_shared<LiveValue>(
                LiveValue{.kind = ValueKind::kSnapshot,
                          .key = context_->keys.KeyOf(host->id),
                          .message = Serialize(context_->view->Make(*input, mask_))}),
            .time = input->system->time};
  return &newest;
}

}  // namespace syspulse
