// PromQL expressions that are watched: each is evaluated once a step, whoever watches, while
// somebody does.
//
// A moment t, a multiple of the step, is evaluated at t + arrival, when what agents measured at t
// stands in the store: they sample on whole seconds, and their frames take from 10 ms to a few
// 100 ms, a sync of the disk included. Earlier, a rate would miss its newest sample.
//
// Evaluation has threads of its own, so that neither streams nor queries that are asked once wait
// for it, or it for them. There is one piece of work for an expression at a time: one that takes
// longer than its step skips moments, and then rests as long as it took. The past that streams ask
// for is evaluated one at a time, so that it never takes all threads; watchers of the same
// expression that await the same past share it.
//
// Thread-safe. Lock order: this, pool; subscribers are offered values without the lock.
#ifndef SERVICES_API_LIVE_QUERIES_H_
#define SERVICES_API_LIVE_QUERIES_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/api/feed.h"
#include "services/api/live_value.h"
#include "services/api/query_evaluator.h"
#include "services/api/query_pool.h"
#include "services/api/topic.h"
#include "services/api/watched_query.h"
#include "services/base/clock.h"
#include "services/base/mutex.h"
#include "services/promql/query_context.h"

namespace syspulse {

struct LiveQueryOptions {
  std::size_t threads = 2;
  // Different expressions at a time; at a millisecond each, this many take a core at a step of 1 s.
  std::size_t most_queries = 1000;
  std::size_t most_queries_of_caller = 500;
  absl::Duration arrival = absl::Milliseconds(500);
  // Of one moment. 5 million samples are 40 MB.
  promql::QueryLimits limits = {.samples = 5'000'000, .time = absl::Seconds(5)};
  // Of the past, which is evaluated one at a time.
  promql::QueryLimits past_limits = {.samples = 10'000'000, .time = absl::Seconds(15)};
};

class LiveQueries {
 public:
  // `queries` must outlive this.
  explicit LiveQueries(const QueryEvaluator* queries, LiveQueryOptions options = {});
  ~LiveQueries();
  LiveQueries(const LiveQueries&) = delete;
  LiveQueries& operator=(const LiveQueries&) = delete;

  // Starts to offer the queries among `topics` to the subscriber; a topic's number is its place in
  // the list. ResourceExhausted, and nothing is started, if there are more different ones than
  // `caller`, or all callers, may have. Does not block.
  absl::Status Subscribe(const std::shared_ptr<Subscriber>& subscriber, const std::string& caller,
                         const std::vector<Topic>& topics);

  // Lets go of the subscriber. It may be offered values for a moment more.
  void Unsubscribe(const Subscriber* subscriber);

  // Ends all evaluation.
  void Stop();

  // Returns how many different expressions are watched.
  std::size_t size() const;

 private:
  using QueryPtr = std::shared_ptr<WatchedQuery>;
  struct PastTask {
    QueryPtr query;
    absl::Duration duration;
  };

  absl::Status AdmitLocked(const std::string& caller, const std::vector<Topic>& topics) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AddLocked(const QueryTopic& topic, QueryWatcher watcher)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Takes note that watchers of a query are gone; drops it if they were the last.
  void NoteRemovedLocked(const QueryPtr& query, const std::vector<QueryWatcher>& removed)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Sees to what is due, on a thread of its own.
  void Run();
  absl::Duration StartDueLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Gives the query to a thread of the pool, if there is something to do for it.
  void StartLocked(const QueryPtr& query) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void StartPastLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsDueLocked(const WatchedQuery& query, std::int64_t moment_ms) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::int64_t MomentOf(const WatchedQuery& query) const;

  // The rest runs on threads of the pool.
  void Advance(const QueryPtr& query, const std::stop_token& stop);
  absl::Status EvaluateIfDue(WatchedQuery* query, const std::stop_token& stop);
  void SendPast(const PastTask& task, const std::stop_token& stop);
  void SendPastTo(const std::vector<QueryDelivery>& deliveries, const PastTask& task,
                  const std::stop_token& stop);
  // Ends these topics, all of the query if none are named.
  void Fail(const QueryPtr& query, const std::optional<std::vector<QueryDelivery>>& deliveries,
            const absl::Status& status);

  const QueryEvaluator* const queries_;
  const Clock* const clock_;
  const LiveQueryOptions options_;

  mutable Mutex mutex_;
  std::condition_variable_any wake_;
  std::stop_source nap_ ABSL_GUARDED_BY(mutex_);  // ends the sleep of the thread
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::map<QueryKey, QueryPtr> watched_ ABSL_GUARDED_BY(mutex_);
  std::map<const Subscriber*, std::set<QueryKey>> keys_of_ ABSL_GUARDED_BY(mutex_);
  // Watchers by whose they are and what they watch.
  std::map<std::string, std::map<QueryKey, std::size_t>> callers_ ABSL_GUARDED_BY(mutex_);
  std::deque<PastTask> past_ ABSL_GUARDED_BY(mutex_);
  bool sending_past_ ABSL_GUARDED_BY(mutex_) = false;

  QueryPool pool_;
  std::jthread thread_;  // ends before the pool
};

}  // namespace syspulse

#endif  // SERVICES_API_LIVE_QUERIES_H_
