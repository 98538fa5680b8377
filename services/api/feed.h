// What all streams that watch the same thing share: one value, built and serialised once.
//
// Feeds are confined to the thread of Fanout. A feed belongs to one host, or to all; it hears what
// changed of them, builds the value that its subscribers asked for, and offers it to each.
#ifndef SERVICES_API_FEED_H_
#define SERVICES_API_FEED_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/api/live_value.h"
#include "services/api/snapshot_view.h"
#include "services/hub/hub.h"
#include "services/model/frame.h"
#include "services/model/host.h"

namespace syspulse {

// Takes values. A stream, or what a test puts in its place.
class Subscriber {
 public:
  virtual ~Subscriber() = default;

  // Takes the newest value of a topic. `skipped` values of the same key before it were never
  // offered. Thread-safe; must not block.
  virtual void Offer(int topic, LiveValuePtr value, std::int64_t skipped) = 0;

  // Says that a topic has ended, and why. Thread-safe; must not block.
  virtual void Fail(int topic, const absl::Status& status) = 0;
};

// One topic of one subscriber.
struct Subscription {
  std::shared_ptr<Subscriber> subscriber;
  int topic = 0;
  absl::Duration interval;               // the least time between two snapshots of a host
  std::set<std::string> awaits_history;  // ids of hosts whose past comes first
  Demand demand;                         // what it wants of the feed's host
  ReaderDemand::Lease lease;             // on that

  // Times of samples by key: of the value offered last where there is an interval, else of the
  // value that greeted the subscriber, until there is a newer one.
  std::map<std::uint64_t, absl::Time> last_time;

  // Whether it is offered interim values as well.
  bool interim() const {
    return demand.sample_interval > absl::ZeroDuration() ||
           demand.process_interval > absl::ZeroDuration();
  }

  // Returns whether a sample of this time is to be offered, and takes note that it is. A subscriber
  // is greeted with the newest, which may be announced only afterwards.
  bool Wants(std::uint64_t key, absl::Time time);

  // Takes note that the subscriber was greeted with this sample.
  void Greeted(std::uint64_t key, absl::Time time) { last_time[key] = time; }
};

// The newest frame of a source.
struct ChangedFrame {
  FramePtr frame;
  std::int64_t skipped = 0;  // frames before it that were never published
};

// What is new of one host.
struct HostChange {
  std::string host_id;
  bool deleted = false;    // the host was forgotten; comes before everything below
  bool described = false;  // it appeared, changed or changed its state
  bool processes = false;
  std::map<std::string, ChangedFrame> frames;  // by source
  bool interim_processes = false;
  std::map<std::string, FramePtr> interim;  // by source: the newest; see Hub::PushInterimFrame

  // Adds what happened later.
  void Merge(HostChange later);
};

// Numbers for the things that values are about, given out once and never used for something else.
class KeyTable {
 public:
  std::uint64_t KeyOf(const std::string& host_id, const std::string& source = {});
  void Forget(const std::string& host_id);

 private:
  std::uint64_t last_ = 0;
  std::map<std::string, std::map<std::string, std::uint64_t>> keys_;  // by host, source
};

// What feeds need to build values. The pointers must outlive the feeds.
struct FeedContext {
  Hub* hub;
  const SnapshotView* view;
  KeyTable keys;
};

class Feed {
 public:
  // `host` is what the caller wrote; empty stands for all hosts. `context` must outlive this.
  Feed(FeedContext* context, std::string host) : context_(context), host_(std::move(host)) {}
  virtual ~Feed() = default;
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  // Offers the current value to a new subscriber.
  virtual void Greet(Subscription& subscription) = 0;

  // Offers what is new to all subscribers. Returns whether Refresh should be called: where building
  // the value is too much work for every change.
  virtual bool OnChange(const HostChange& change) = 0;

  // Builds the value anew and offers it to all subscribers.
  virtual void Refresh() {}

  // Returns the least time between two calls of Refresh that subscribers asked for.
  virtual absl::Duration Pace() const { return absl::ZeroDuration(); }

  // Takes a lease on what a subscriber wants of the feed's host, unless it has it already. Returns
  // false, after telling it, if that cannot be: then it gets nothing of this feed.
  bool Ask(Subscription* subscription);
  // Offers the current value to a subscriber who has asked, and all that come after.
  void Subscribe(Subscription subscription);
  void Unsubscribe(const Subscriber* subscriber);
  Subscription* Find(const Subscriber* subscriber, int topic);
  bool HasSubscribers() const { return !subscriptions_.empty(); }

  // Returns the hosts that the feed is about and that are known now.
  std::vector<HostPtr> Hosts() const;

  const std::string& host() const { return host_; }
  // Id of the host that `host()` means; empty while it is not known, and for all hosts.
  const std::string& host_id() const { return host_id_; }
  void set_host_id(std::string id);
  // Asks again for all subscribers: the host may have become another.
  void AskAgain();
  // Whether a subscriber was refused, who may not know that this has forgotten it.
  bool has_refused() const { return has_refused_; }

  // What Fanout finds the feed by.
  std::string name;
  // When Refresh may be called next, by the monotonic clock.
  absl::Duration rests_until;

 protected:
  // Returns what a subscriber wants of the feed's host beyond what the agent sends by itself.
  virtual Demand DemandOf(const Subscription&) const { return {}; }
  // Whether values at this interval, zero for none, are more than the agent of the feed's host,
  // which is known, sends by itself.
  bool IsFast(absl::Duration interval) const;

  FeedContext* const context_;
  std::vector<Subscription> subscriptions_;

 private:
  // Returns whether there is or may be one host that is called as the caller wrote; else tells the
  // subscriber, as there are several.
  bool MayCome(const Subscription& subscription);

  const std::string host_;
  std::string host_id_;
  bool has_refused_ = false;
};

}  // namespace syspulse

#endif  // SERVICES_API_FEED_H_
