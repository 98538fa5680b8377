#include "services/api/watched_query.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace syspulse {
namespace {

// More than any evaluation takes.
constexpr std::int64_t kFarAheadMs = 60'000;

bool TakesValues(const QueryWatcher& watcher) {
  return watcher.awaits_past == absl::ZeroDuration();
}

}  // namespace

std::int64_t NewestMoment(absl::Time time, std::int64_t step_ms) {
  const std::int64_t time_ms = absl::ToUnixMillis(time);
  const std::int64_t behind = time_ms % step_ms;
  return time_ms - (behind < 0 ? behind + step_ms : behind);
}

std::vector<QueryWatcher> WatchedQuery::Remove(const Subscriber* subscriber,
                                               std::optional<int> topic) {
  const auto stays = [&](const QueryWatcher& watcher) {
    return watcher.subscriber.get() != subscriber || (topic && *topic != watcher.topic);
  };
  const auto gone = std::stable_partition(watchers_.begin(), watchers_.end(), stays);
  std::vector<QueryWatcher> removed(std::make_move_iterator(gone),
                                    std::make_move_iterator(watchers_.end()));
  watchers_.erase(gone, watchers_.end());
  return removed;
}

bool WatchedQuery::Lacks(std::int64_t moment_ms) const {
  if (newest_ != nullptr && newest_ms_ == moment_ms) return false;
  return std::ranges::any_of(watchers_, [&](const QueryWatcher& watcher) {
    return TakesValues(watcher) && watcher.seen_ms != moment_ms;
  });
}

bool WatchedQuery::LacksNewest() const {
  return newest_ != nullptr && std::ranges::any_of(watchers_, [&](const QueryWatcher& watcher) {
           return TakesValues(watcher) && (!watcher.seen_ms || *watcher.seen_ms < newest_ms_);
         });
}

void WatchedQuery::SetNewest(LiveValuePtr value, std::int64_t moment_ms) {
  // A clock that was set back starts anew. The past that a watcher has seen may be a little ahead
  // of an evaluation that began before.
  const bool set_back = newest_ != nullptr && moment_ms < newest_ms_;
  for (QueryWatcher& watcher : watchers_) {
    const bool far_ahead = watcher.seen_ms && *watcher.seen_ms > moment_ms + kFarAheadMs;
    if (set_back || far_ahead) watcher.seen_ms.reset();
  }
  newest_ = std::move(value);
  newest_ms_ = moment_ms;
}

std::vector<QueryDelivery> WatchedQuery::DeliverNewest() {
  std::vector<QueryDelivery> deliveries;
  for (QueryWatcher& watcher : watchers_) {
    if (!TakesValues(watcher) || (watcher.seen_ms && *watcher.seen_ms >= newest_ms_)) continue;
    const std::int64_t skipped =
        watcher.seen_ms ? (newest_ms_ - *watcher.seen_ms) / key_.step_ms - 1 : 0;
    watcher.seen_ms = newest_ms_;
    deliveries.push_back(
        {.subscriber = watcher.subscriber, .topic = watcher.topic, .skipped = skipped});
  }
  return deliveries;
}

std::vector<QueryDelivery> WatchedQuery::AwaitingPast(absl::Duration duration) const {
  std::vector<QueryDelivery> deliveries;
  for (const QueryWatcher& watcher : watchers_) {
    if (watcher.awaits_past != duration) continue;
    deliveries.push_back({.subscriber = watcher.subscriber, .topic = watcher.topic});
  }
  return deliveries;
}

void WatchedQuery::NotePast(const std::vector<QueryDelivery>& deliveries, std::int64_t moment_ms) {
  std::set<std::pair<const Subscriber*, int>> delivered;
  for (const QueryDelivery& one : deliveries) delivered.emplace(one.subscriber.get(), one.topic);
  for (QueryWatcher& watcher : watchers_) {
    if (!delivered.contains({watcher.subscriber.get(), watcher.topic})) continue;
    watcher.awaits_past = absl::ZeroDuration();
    watcher.seen_ms = moment_ms;
  }
}

}  // namespace syspulse
