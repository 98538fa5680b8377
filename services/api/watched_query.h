// One PromQL expression that somebody watches: who does, and what of it they have seen.
//
// Pure bookkeeping, without threads: LiveQueries asks what is due and does it.
#ifndef SERVICES_API_WATCHED_QUERY_H_
#define SERVICES_API_WATCHED_QUERY_H_

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "services/api/feed.h"
#include "services/api/live_value.h"
#include "services/promql/ast.h"

namespace syspulse {

// What those who watch the same have in common.
struct QueryKey {
  std::string query;  // as the printer writes it
  std::int64_t step_ms = 0;

  auto operator<=>(const QueryKey&) const = default;
};

// One topic of one subscriber.
struct QueryWatcher {
  std::shared_ptr<Subscriber> subscriber;
  int topic = 0;
  std::string caller;                   // whose limit it counts for
  absl::Duration awaits_past;           // how much of the past comes first; zero once it was sent
  std::optional<std::int64_t> seen_ms;  // the moment it was offered last, since 1970
};

// A value on its way to a watcher.
struct QueryDelivery {
  std::shared_ptr<Subscriber> subscriber;
  int topic = 0;
  std::int64_t skipped = 0;  // moments between it and the value before
};

// Returns the newest multiple of the step since 1970 that is not after `time`.
std::int64_t NewestMoment(absl::Time time, std::int64_t step_ms);

// Not thread-safe: guarded by the lock of LiveQueries, but for what is const.
class WatchedQuery {
 public:
  WatchedQuery(QueryKey key, std::shared_ptr<const promql::Expr> expr)
      : key_(std::move(key)), expr_(std::move(expr)) {}

  const QueryKey& key() const { return key_; }
  const promql::Expr& expr() const { return *expr_; }

  void Add(QueryWatcher watcher) { watchers_.push_back(std::move(watcher)); }
  // Takes away the watchers of a subscriber, or one of them by its topic, and returns them.
  std::vector<QueryWatcher> Remove(const Subscriber* subscriber, std::optional<int> topic = {});
  std::vector<QueryWatcher> RemoveAll() { return std::exchange(watchers_, {}); }
  bool empty() const { return watchers_.empty(); }

  // Returns whether a watcher lacks the value of `moment_ms`, and it is not there yet. After the
  // clock was set back, moments that were seen come again.
  bool Lacks(std::int64_t moment_ms) const;
  // Returns whether a watcher lacks the newest value that there is.
  bool LacksNewest() const;

  // Keeps a value for those who come later.
  void SetNewest(LiveValuePtr value, std::int64_t moment_ms);
  const LiveValuePtr& newest() const { return newest_; }
  // Returns to whom the newest value goes, and takes note that they have seen it.
  std::vector<QueryDelivery> DeliverNewest();

  // Returns the watchers that await so much of the past.
  std::vector<QueryDelivery> AwaitingPast(absl::Duration duration) const;
  // Takes note that those have seen the past up to a moment.
  void NotePast(const std::vector<QueryDelivery>& deliveries, std::int64_t moment_ms);

  // Of the work for it: whether a thread is at it, and until when it rests after that, by the
  // monotonic clock.
  bool running = false;
  absl::Duration rests_until;
  // Ends that work; stopped once nobody watches.
  std::stop_source stop;

 private:
  const QueryKey key_;
  const std::shared_ptr<const promql::Expr> expr_;
  std::vector<QueryWatcher> watchers_;
  LiveValuePtr newest_;  // null before the first evaluation
  std::int64_t newest_ms_ = 0;
};

}  // namespace syspulse

#endif  // SERVICES_API_WATCHED_QUERY_H_
