#include "services/api/fanout.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/api/snapshot_feed.h"
#include "services/api/table_feeds.h"
#include "services/model/resource_name.h"

namespace syspulse {
namespace {

// A table that took a while to build rests for this many times as long, so that tables of a large
// fleet never take more than a twentieth of a core, and those of a small one are always fresh.
constexpr int kRestFactor = 20;
// After what came together: to wake for each frame of a thousand hosts costs more than the frame.
constexpr absl::Duration kRest = absl::Milliseconds(5);

// Returns a text that is the same for topics that can share a feed.
std::string FeedName(const SnapshotTopic& topic) {
  return absl::StrFormat("snapshots\n%s\n%s", topic.host, topic.mask_text);
}
std::string FeedName(const ProcessTopic& topic) {
  return absl::StrFormat("processes\n%s\n%d\n%d\n%s", topic.host, topic.limit,
                         absl::ToInt64Nanoseconds(topic.interval), topic.query.Canonical());
}
std::string FeedName(const FrameTopic& topic) {
  return absl::StrFormat("frames\n%s\n%s", topic.host, topic.source);
}
std::string FeedName(const HostTopic& topic) {
  return absl::StrFormat(
      "hosts\n%d\n%d\n%d\n%s", topic.limit, topic.skip,
      absl::ToInt64Nanoseconds(topic.summary_interval.value_or(absl::ZeroDuration())),
      topic.listing.Canonical());
}
std::string FeedName(const QueryTopic&) { return "none"; }
std::string FeedName(const InvalidTopic&) { return "none"; }

}  // namespace

Fanout::Fanout(Hub* hub, const SnapshotView* view, const Clock* clock)
    : hub_(hub),
      clock_(clock),
      context_{.hub = hub, .view = view, .keys = {}},
      waits_(hub),
      history_(hub, view),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {
  hub_->AddSink(this);
}

Fanout::~Fanout() {
  hub_->RemoveSink(this);
  thread_.request_stop();
  thread_.join();
}

void Fanout::Subscribe(std::shared_ptr<Subscriber> subscriber, std::vector<Topic> topics) {
  Post([this, subscriber = std::move(subscriber), topics = std::move(topics)] {
    for (std::size_t i = 0; i < topics.size(); ++i) {
      if (std::holds_alternative<QueryTopic>(topics[i])) continue;  // of LiveQueries
      const int number = static_cast<int>(i);
      if (const auto* invalid = std::get_if<InvalidTopic>(&topics[i])) {
        subscriber->Fail(number, invalid->reason);
      } else {
        Add(subscriber, number, topics[i]);
      }
    }
  });
}

void Fanout::Unsubscribe(const Subscriber* subscriber) {
  Post([this, subscriber] { Remove(subscriber); });
}

void Fanout::Publish(const std::string& host_id) {
  MutexLock lock(mutex_);
  auto noted = noted_.extract(host_id);
  if (!noted.empty()) PublishLocked(std::move(noted.mapped()));
}

void Fanout::AwaitCompleteTables(std::set<std::string> host_ids, absl::Duration patience,
                                 std::function<void()> done) {
  Post([this, wait = CompleteTableWait{.host_ids = std::move(host_ids),
                                       .deadline = clock_->Monotonic() + patience,
                                       .done = std::move(done)}] { waits_.Add(wait); });
}

void Fanout::OnFrame(const FramePtr& frame) {
  MutexLock lock(mutex_);
  ChangedFrame& changed = NotedLocked(frame->host).frames[frame->source];
  if (changed.frame != nullptr) ++changed.skipped;
  changed.frame = frame;
}

void Fanout::OnProcessTable(const ProcessTablePtr& table) {
  MutexLock lock(mutex_);
  NotedLocked(table->host).processes = true;
}

void Fanout::OnInterimFrame(const FramePtr& frame) {
  MutexLock lock(mutex_);
  NotedLocked(frame->host).interim[frame->source] = frame;
}

void Fanout::OnInterimTable(const ProcessTablePtr& table) {
  MutexLock lock(mutex_);
  NotedLocked(table->host).interim_processes = true;
}

HostChange& Fanout::NotedLocked(const std::string& host_id) {
  HostChange& change = noted_[host_id];
  change.host_id = host_id;
  return change;
}

void Fanout::OnHost(const HostPtr& host) {
  MutexLock lock(mutex_);
  PublishLocked({.host_id = host->id, .described = true});
}

void Fanout::OnHostDeleted(const std::string& host_id) {
  MutexLock lock(mutex_);
  noted_.erase(host_id);
  PublishLocked({.host_id = host_id, .deleted = true});
}

void Fanout::Post(Task task) {
  MutexLock lock(mutex_);
  work_.tasks.push_back(std::move(task));
  if (!resting_) wake_.notify_one();
}

void Fanout::PublishLocked(HostChange change) {
  const auto found = work_.changes.find(change.host_id);
  if (found != work_.changes.end()) {
    found->second.Merge(std::move(change));
  } else {
    std::string host_id = change.host_id;
    work_.changes.emplace(std::move(host_id), std::move(change));
  }
  if (!resting_) wake_.notify_one();
}

void Fanout::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const Work work = WaitForWork(stop);
    // Changes first: a subscriber that is greeted afterwards has what they bring, once.
    for (const auto& [host_id, change] : work.changes) Handle(change);
    for (const Task& task : work.tasks) task();
    RefreshFeeds();
    waits_.Expire(clock_->Monotonic());
    Rest(stop);
  }
}

// Wakes nobody and is woken by nobody: what comes meanwhile is handled together.
void Fanout::Rest(const std::stop_token& stop) {
  MutexLock lock(mutex_);
  resting_ = true;
  wake_.wait_for(mutex_, stop, absl::ToChronoNanoseconds(kRest), [] { return false; });
  resting_ = false;
}

Fanout::Work Fanout::WaitForWork(const std::stop_token& stop) {
  const std::optional<absl::Duration> sleep = TimeToSleep();
  MutexLock lock(mutex_);
  const auto has_work = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return !work_.tasks.empty() || !work_.changes.empty();
  };
  if (sleep) {
    wake_.wait_for(mutex_, stop, absl::ToChronoNanoseconds(*sleep), has_work);
  } else {
    wake_.wait(mutex_, stop, has_work);
  }
  return std::exchange(work_, {});
}

void Fanout::Handle(const HostChange& change) {
  if (change.described) FindWaitedFor(change.host_id);
  for (Feed* feed : everywhere_) Tell(feed, change);
  if (const auto found = by_id_.find(change.host_id); found != by_id_.end()) {
    for (Feed* feed : found->second) {
      if (change.described) feed->AskAgain();
      Tell(feed, change);
    }
  }
  if (change.deleted) HandleDeleted(change.host_id);
  if (change.processes || change.deleted) waits_.OnChange(change.host_id);
}

void Fanout::Tell(Feed* feed, const HostChange& change) {
  if (feed->OnChange(change)) outdated_.insert(feed);
}

// The host may be back already, or come back under another id: its feeds look for it again.
void Fanout::HandleDeleted(const std::string& host_id) {
  frame_cache_.Clear();
  context_.keys.Forget(host_id);
  auto feeds = by_id_.extract(host_id);
  if (feeds.empty()) return;
  for (Feed* feed : feeds.mapped()) {
    feed->set_host_id("");
    Index(feed);
  }
}

// Gives the host to the feeds that waited for it.
void Fanout::FindWaitedFor(const std::string& host_id) {
  if (waiting_.empty()) return;
  const absl::StatusOr<HostPtr> host = hub_->FindHost(HostName(host_id));
  if (!host.ok()) return;
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    Feed* const feed = *it;
    if (!MeansHost(feed->host(), **host)) {
      ++it;
      continue;
    }
    it = waiting_.erase(it);
    feed->set_host_id(host_id);
    by_id_[host_id].insert(feed);
  }
}

void Fanout::RefreshFeeds() {
  for (auto it = outdated_.begin(); it != outdated_.end();) {
    Feed* const feed = *it;
    const absl::Duration start = clock_->Monotonic();
    if (start < feed->rests_until) {
      ++it;
      continue;
    }
    it = outdated_.erase(it);
    feed->Refresh();
    const absl::Duration end = clock_->Monotonic();
    feed->rests_until = std::max(end + kRestFactor * (end - start), start + feed->Pace());
  }
}

std::optional<absl::Duration> Fanout::NextRefresh() const {
  if (outdated_.empty()) return std::nullopt;
  const Feed* const first =
      *std::ranges::min_element(outdated_, {}, [](const Feed* feed) { return feed->rests_until; });
  return first->rests_until;
}

// Returns how long there is nothing to do unless something comes; nothing for ever.
std::optional<absl::Duration> Fanout::TimeToSleep() const {
  std::optional<absl::Duration> next = NextRefresh();
  if (const auto deadline = waits_.NextDeadline(); deadline && (!next || *deadline < *next)) {
    next = deadline;
  }
  if (!next) return std::nullopt;
  return std::max(*next - clock_->Monotonic(), absl::ZeroDuration());
}

void Fanout::Add(const std::shared_ptr<Subscriber>& subscriber, int number, const Topic& topic) {
  Feed* const feed = FeedOf(topic);
  Subscription subscription{.subscriber = subscriber, .topic = number};
  const auto* const snapshots = std::get_if<SnapshotTopic>(&topic);
  if (snapshots != nullptr) subscription.interval = snapshots->interval;
  if (!feed->Ask(&subscription)) {
    if (!feed->HasSubscribers()) Drop(feed);
    return;
  }
  feeds_of_[subscriber.get()].insert(feed);
  if (snapshots != nullptr && snapshots->history) StartHistory(*snapshots, feed, &subscription);
  feed->Subscribe(std::move(subscription));
}

void Fanout::StartHistory(const SnapshotTopic& topic, Feed* feed, Subscription* subscription) {
  std::vector<std::string> host_ids;
  for (const HostPtr& host : feed->Hosts()) host_ids.push_back(host->id);
  subscription->awaits_history.insert(host_ids.begin(), host_ids.end());
  history_.Start({.subscriber = subscription->subscriber,
                  .topic = subscription->topic,
                  .history = *topic.history,
                  .host_ids = std::move(host_ids),
                  .on_sent = [this, feed_name = FeedName(topic), number = subscription->topic,
                              subscriber = std::weak_ptr(subscription->subscriber)](
                                 const std::string& host_id) {
                    Post([=, this] { GreetAfterHistory(feed_name, subscriber, number, host_id); });
                  }});
}

void Fanout::GreetAfterHistory(const std::string& feed_name,
                               const std::weak_ptr<Subscriber>& subscriber, int number,
                               const std::string& host_id) {
  const auto found = feeds_.find(feed_name);
  if (found == feeds_.end()) return;  // it ended meanwhile
  Subscription* const one = found->second->Find(subscriber.lock().get(), number);
  if (one == nullptr) return;
  static_cast<SnapshotFeed*>(found->second.get())->GreetAfterHistory(*one, host_id);
}

void Fanout::Remove(const Subscriber* subscriber) {
  const auto feeds = feeds_of_.extract(subscriber);
  if (feeds.empty()) return;
  for (Feed* feed : feeds.mapped()) {
    feed->Unsubscribe(subscriber);
    if (!feed->HasSubscribers()) Drop(feed);
  }
}

Feed* Fanout::FeedOf(const Topic& topic) {
  std::string name = std::visit([](const auto& one) { return FeedName(one); }, topic);
  std::unique_ptr<Feed>& feed = feeds_[name];
  if (feed == nullptr) {
    feed = MakeFeed(topic);
    feed->name = std::move(name);
    Index(feed.get());
  }
  return feed.get();
}

std::unique_ptr<Feed> Fanout::MakeFeed(const Topic& topic) {
  if (const auto* snapshots = std::get_if<SnapshotTopic>(&topic)) {
    return std::make_unique<SnapshotFeed>(&context_, snapshots->host, snapshots->mask);
  }
  if (const auto* processes = std::get_if<ProcessTopic>(&topic)) {
    return std::make_unique<ProcessFeed>(&context_, *processes);
  }
  if (const auto* frames = std::get_if<FrameTopic>(&topic)) {
    return std::make_unique<FrameFeed>(&context_, &frame_cache_, frames->host, frames->source);
  }
  return std::make_unique<HostFeed>(&context_, std::get<HostTopic>(topic));
}

void Fanout::Index(Feed* feed) {
  if (feed->host().empty()) {
    everywhere_.insert(feed);
    return;
  }
  const absl::StatusOr<HostPtr> host = hub_->FindHost(feed->host());
  if (!host.ok()) {
    waiting_.insert(feed);
    return;
  }
  feed->set_host_id((*host)->id);
  by_id_[(*host)->id].insert(feed);
}

void Fanout::Drop(Feed* feed) {
  if (feed->has_refused()) {  // whom it refused later than it took them in
    for (auto& [subscriber, feeds] : feeds_of_) feeds.erase(feed);
  }
  everywhere_.erase(feed);
  waiting_.erase(feed);
  outdated_.erase(feed);
  if (const auto found = by_id_.find(feed->host_id()); found != by_id_.end()) {
    found->second.erase(feed);
    if (found->second.empty()) by_id_.erase(found);
  }
  feeds_.erase(feeds_.find(feed->name));
}

}  // namespace syspulse
