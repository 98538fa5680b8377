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
    if (subscription.awaits_history.contains(host->id)) continue;
    if (const Value* value = Newest(host)) Offer(subscription, *value, 0);
  }
}

void SnapshotFeed::GreetAfterHistory(Subscription& subscription, const std::string& host_id) {
  subscription.awaits_history.erase(host_id);
  const absl::StatusOr<HostPtr> host = context_->hub->FindHost(HostName(host_id));
  if (!host.ok()) return;
  if (const Value* value = Newest(*host)) Offer(subscription, *value, 0);
}

bool SnapshotFeed::OnChange(const HostChange& change) {
  if (change.deleted) newest_.erase(change.host_id);
  const auto system = change.frames.find(kSystemSource);
  if (system == change.frames.end()) return false;
  newest_.erase(change.host_id);
  const absl::StatusOr<HostPtr> host = context_->hub->FindHost(HostName(change.host_id));
  if (!host.ok()) return false;  // deleted meanwhile
  const std::uint64_t key = context_->keys.KeyOf(change.host_id);
  const Value* value = nullptr;
  for (Subscription& one : subscriptions_) {
    if (one.awaits_history.contains(change.host_id)) continue;
    if (one.interval > absl::ZeroDuration()) {
      const auto last = one.last_time.find(key);
      const bool too_early =
          last != one.last_time.end() && system->second.frame->time < last->second + one.interval;
      if (too_early) continue;
    }
    if (value == nullptr) value = Newest(*host);
    if (value == nullptr) return false;
    Offer(one, *value, system->second.skipped);
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

void SnapshotFeed::Offer(Subscription& subscription, const Value& value, std::int64_t skipped) {
  if (subscription.interval > absl::ZeroDuration()) {
    subscription.last_time[value.value->key] = value.time;
    skipped = 0;  // the reader did not want them
  }
  subscription.subscriber->Offer(subscription.topic, value.value, skipped);
}

}  // namespace syspulse
