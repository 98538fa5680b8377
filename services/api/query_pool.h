// The threads that evaluate queries: few, so that heavy queries take turns and never the threads of
// gRPC, on which live streams depend.
//
// Thread-safe.
#ifndef SERVICES_API_QUERY_POOL_H_
#define SERVICES_API_QUERY_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <set>
#include <stop_token>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/base/mutex.h"

namespace syspulse {

// How long a query waits for its turn.
struct QueryPatience {
  absl::Duration until = absl::InfiniteDuration();  // monotonic
  std::function<void()> end = {};                   // called in place of the work, if it is over
};

struct QueryPoolOptions {
  std::size_t threads = 2;        // queries at a time
  std::size_t most_waiting = 64;  // a dashboard of forty panels asks them all at once
};

class QueryPool {
 public:
  // Evaluates a query; always called once, also with a token that is stopped already, unless its
  // patience ended first.
  using Work = std::function<void(const std::stop_token& stop)>;

  // `clock` must outlive this.
  explicit QueryPool(const Clock* clock, QueryPoolOptions options = {});
  // Ends as Stop does, and waits.
  ~QueryPool();
  QueryPool(const QueryPool&) = delete;
  QueryPool& operator=(const QueryPool&) = delete;

  // Has the work done once it is its turn; `stop` is what ends it early. ResourceExhausted if too
  // many queries wait, Unavailable after Stop: then the work is not called.
  absl::Status Start(std::stop_source stop, Work work, QueryPatience patience = {});

  // As Start, if a thread has nothing to do; returns whether one had.
  bool StartIfFree(std::stop_source stop, Work work);

  // As Start, for more work of what has begun already: it is never one too many.
  absl::Status GoOn(std::stop_source stop, Work work);

  // Ends all queries that run or wait: their tokens are stopped.
  void Stop();

 private:
  struct Task {
    std::stop_source stop;
    Work work;
    QueryPatience patience = {};
  };

  absl::Status Add(std::size_t most_waiting, Task task);
  void Run();
  void EndWaiting(const std::stop_token& stop);
  std::vector<Task> TakeLate();

  const Clock* const clock_;
  const QueryPoolOptions options_;
  Mutex mutex_;
  std::condition_variable_any wake_;
  std::condition_variable_any watch_wake_;
  std::deque<Task> waiting_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::stop_source> running_ ABSL_GUARDED_BY(mutex_);
  std::size_t free_ ABSL_GUARDED_BY(mutex_) = 0;  // threads that wait for work
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::jthread> threads_;
  std::jthread watch_;  // for those whose patience is over
};

}  // namespace syspulse

#endif  // SERVICES_API_QUERY_POOL_H_
