// From the hub to all streams: hears what is new, builds each value once, hands it to everyone who
// watches it.
//
// The hub calls from inside its lock, so all that happens there is to note what changed; newer
// notes of the same thing replace older ones. A thread of its own does the rest, so that ingest
// never waits for readers. Values that arrive together belong together: frames and processes count
// once Publish says that the batch is complete, and one snapshot follows, not two.
//
// All feeds are confined to that thread, and everyone else posts to it: nobody blocks.
//
// Thread-safe.
#ifndef SERVICES_API_FANOUT_H_
#define SERVICES_API_FANOUT_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "services/api/complete_table_waits.h"
#include "services/api/feed.h"
#include "services/api/frame_feed.h"
#include "services/api/history_worker.h"
#include "services/api/snapshot_view.h"
#include "services/api/topic.h"
#include "services/base/clock.h"
#include "services/base/mutex.h"
#include "services/hub/hub.h"

namespace syspulse {

class Fanout final : public HubSink {
 public:
  // All pointers must outlive this. Makes itself a sink of `hub`.
  Fanout(Hub* hub, const SnapshotView* view, const Clock* clock);
  ~Fanout() override;

  // Starts to offer these topics to the subscriber, the current values first. A topic's number is
  // its place in the list. Queries among them are left to LiveQueries; invalid ones end at once.
  void Subscribe(std::shared_ptr<Subscriber> subscriber, std::vector<Topic> topics);

  // Lets go of the subscriber. It may be offered values for a moment more.
  void Unsubscribe(const Subscriber* subscriber);

  // Says that the frames and processes of the host that arrived so far are complete.
  void Publish(const std::string& host_id);

  // Calls `done` from the thread of the fan-out once there are complete tables of these hosts, or
  // `patience` is over. Not at all if the fan-out ends before.
  void AwaitCompleteTables(std::set<std::string> host_ids, absl::Duration patience,
                           std::function<void()> done);

  void OnFrame(const FramePtr& frame) override;
  void OnProcessTable(const ProcessTablePtr& table) override;
  void OnInterimFrame(const FramePtr& frame) override;
  void OnInterimTable(const ProcessTablePtr& table) override;
  void OnHost(const HostPtr& host) override;
  void OnHostDeleted(const std::string& host_id) override;

 private:
  using Changes = std::map<std::string, HostChange>;  // by host id
  using Task = std::function<void()>;
  struct Work {
    std::vector<Task> tasks;
    Changes changes;
  };

  void Post(Task task);
  HostChange& NotedLocked(const std::string& host_id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void PublishLocked(HostChange change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // The rest runs on the thread.
  void Run(const std::stop_token& stop);
  Work WaitForWork(const std::stop_token& stop);
  void Rest(const std::stop_token& stop);
  void Handle(const HostChange& change);
  void HandleDeleted(const std::string& host_id);
  void FindWaitedFor(const std::string& host_id);
  void Tell(Feed* feed, const HostChange& change);
  void RefreshFeeds();
  std::optional<absl::Duration> NextRefresh() const;
  std::optional<absl::Duration> TimeToSleep() const;

  void Add(const std::shared_ptr<Subscriber>& subscriber, int number, const Topic& topic);
  void Remove(const Subscriber* subscriber);
  Feed* FeedOf(const Topic& topic);
  std::unique_ptr<Feed> MakeFeed(const Topic& topic);
  void Index(Feed* feed);
  void Drop(Feed* feed);
  void StartHistory(const SnapshotTopic& topic, Feed* feed, Subscription* subscription);
  void GreetAfterHistory(const std::string& feed_name, const std::weak_ptr<Subscriber>& subscriber,
                         int number, const std::string& host_id);

  Hub* const hub_;
  const Clock* const clock_;

  Mutex mutex_;
  std::condition_variable_any wake_;
  Changes noted_ ABSL_GUARDED_BY(mutex_);  // of batches that are not complete yet
  Work work_ ABSL_GUARDED_BY(mutex_);
  bool resting_ ABSL_GUARDED_BY(mutex_) = false;

  // Confined to the thread.
  FeedContext context_;
  FrameCache frame_cache_;
  std::unordered_map<std::string, std::unique_ptr<Feed>> feeds_;  // by what they watch
  std::unordered_map<const Subscriber*, std::set<Feed*>> feeds_of_;
  std::set<Feed*> everywhere_;                    // feeds of all hosts
  std::map<std::string, std::set<Feed*>> by_id_;  // feeds of one host, by its id
  std::set<Feed*> waiting_;                       // feeds of a host that is not known yet
  std::set<Feed*> outdated_;                      // feeds to refresh
  CompleteTableWaits waits_;

  HistoryWorker history_;
  std::jthread thread_;
};

}  // namespace syspulse

#endif  // SERVICES_API_FANOUT_H_
