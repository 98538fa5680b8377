#include "services/api/snapshot_feed.h"

#include <memory>

#include "services/model/resource_name.h"

namespace syspulse {

std::optional<SnapshotInput> NewestSnapshot(const Hub& hub, HostPtr host) {
  FramePair system = hub.LatestTwo(host->id, kSystemSource);
  if (system.latest == nullptr) return std::nullopt;
  FramePtr filesystem = hub.LatestFrame(host->id, kFilesystemSource);
  ProcessTablePtr processes = hub.LatestProcesses(host->id);
  return SnapshotInput{.host = std::move(host),
                       .system = std::move(system.latest),
                       .earlier_system = std::move(system.earlier),
                       .filesystem = std::move(filesystem),
                       .processes = std::move(processes)};
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
  const Value* const newest = Newest(host);
  if (newest == nullptr) return;
  subscription.Greeted(newest->value->key, newest->time);
  subscription.subscriber->Offer(subscription.topic, newest->value, 0);
}

bool SnapshotFeed::OnChange(const HostChange& change) {
  if (change.deleted) newest_.erase(change.host_id);
  const auto system = change.frames.find(kSystemSource);
  if (system == change.frames.end()) return false;
  const absl::Time time = system->second.frame->time;
  newest_.erase(change.host_id);
  const absl::StatusOr<HostPtr> host = context_->hub->FindHost(HostName(change.host_id));
  if (!host.ok()) return false;  // deleted meanwhile
  const std::uint64_t key = context_->keys.KeyOf(change.host_id);
  for (Subscription& one : subscriptions_) {
    if (one.awaits_history.contains(change.host_id) || !one.Wants(key, time)) continue;
    const Value* const value = Newest(*host);
    if (value == nullptr) return false;
    // A reader that wants one now and then does not miss those between.
    const std::int64_t skipped = one.interval > absl::ZeroDuration() ? 0 : system->second.skipped;
    one.subscriber->Offer(one.topic, value->value, skipped);
  }
  return false;
}

const SnapshotFeed::Value* SnapshotFeed::Newest(const HostPtr& host) {
  if (const auto found = newest_.find(host->id); found != newest_.end()) return &found->second;
  const std::optional<SnapshotInput> input = NewestSnapshot(*context_->hub, host);
  if (!input) return nullptr;
  auto value = std::make_shared<LiveValue>(
      LiveValue{.kind = ValueKind::kSnapshot,
                .key = context_->keys.KeyOf(host->id),
                .message = Serialize(context_->view->Make(*input, mask_))});
  Value& newest = newest_[host->id];
  newest = {.value = std::move(value), .time = input->system->time};
  return &newest;
}

}  // namespace syspulse
