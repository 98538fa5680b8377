#include "services/api/live_queries.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/strings/str_format.h"
#include "services/api/query_update.h"
#include "services/base/status_macros.h"

namespace syspulse {
namespace {

// A clock that was set is noticed within this time.
constexpr absl::Duration kLongestNap = absl::Seconds(5);

QueryKey KeyOf(const QueryTopic& topic) {
  return {.query = topic.query, .step_ms = absl::ToInt64Milliseconds(topic.step)};
}

void Deliver(const std::vector<QueryDelivery>& deliveries, const LiveValuePtr& value) {
  for (const QueryDelivery& one : deliveries) {
    one.subscriber->Offer(one.topic, value, one.skipped);
  }
}

absl::Status TooMany(std::size_t number, std::string_view who) {
  return absl::ResourceExhaustedError(absl::StrFormat(
      "%s watches %d different expressions already, as many as it may; end some of these streams, "
      "or ask for the same expressions and steps as others, which cost nothing more",
      who, number));
}

}  // namespace

LiveQueries::LiveQueries(const QueryEvaluator* queries, LiveQueryOptions options)
    : queries_(queries),
      clock_(&queries->clock()),
      options_(options),
      pool_(clock_, {.threads = options.threads, .most_waiting = 2 * options.most_queries + 1}),
      thread_([this] { Run(); }) {}

LiveQueries::~LiveQueries() { Stop(); }

void LiveQueries::Stop() {
  {
    MutexLock lock(mutex_);
    stopped_ = true;
    nap_.request_stop();
    wake_.notify_one();
  }
  pool_.Stop();
}

std::size_t LiveQueries::size() const {
  MutexLock lock(mutex_);
  return watched_.size();
}

absl::Status LiveQueries::Subscribe(const std::shared_ptr<Subscriber>& subscriber,
                                    const std::string& caller, const std::vector<Topic>& topics) {
  const auto is_query = [](const Topic& topic) {
    return std::holds_alternative<QueryTopic>(topic);
  };
  if (std::ranges::none_of(topics, is_query)) return absl::OkStatus();
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(AdmitLocked(caller, topics));
  for (std::size_t i = 0; i < topics.size(); ++i) {
    const auto* const topic = std::get_if<QueryTopic>(&topics[i]);
    if (topic == nullptr) continue;
    AddLocked(*topic, {.subscriber = subscriber,
                       .topic = static_cast<int>(i),
                       .caller = caller,
                       .awaits_past = topic->history});
  }
  nap_.request_stop();
  wake_.notify_one();
  return absl::OkStatus();
}

absl::Status LiveQueries::AdmitLocked(const std::string& caller,
                                      const std::vector<Topic>& topics) const {
  const auto own = callers_.find(caller);
  std::set<QueryKey> new_for_all;
  std::set<QueryKey> new_for_caller;
  for (const Topic& topic : topics) {
    const auto* const query = std::get_if<QueryTopic>(&topic);
    if (query == nullptr) continue;
    QueryKey key = KeyOf(*query);
    if (!watched_.contains(key)) new_for_all.insert(key);
    const bool known = own != callers_.end() && own->second.contains(key);
    if (!known) new_for_caller.insert(std::move(key));
  }
  const std::size_t owned = own == callers_.end() ? 0 : own->second.size();
  if (!new_for_caller.empty() && owned + new_for_caller.size() > options_.most_queries_of_caller) {
    return TooMany(owned, "this connection");
  }
  if (!new_for_all.empty() && watched_.size() + new_for_all.size() > options_.most_queries) {
    return TooMany(watched_.size(), "the service");
  }
  return absl::OkStatus();
}

void LiveQueries::AddLocked(const QueryTopic& topic, QueryWatcher watcher) {
  const QueryKey key = KeyOf(topic);
  QueryPtr& query = watched_[key];
  if (query == nullptr) query = std::make_shared<WatchedQuery>(key, topic.expr);
  keys_of_[watcher.subscriber.get()].insert(key);
  ++callers_[watcher.caller][key];
  if (watcher.awaits_past > absl::ZeroDuration()) {
    const bool waits = std::ranges::any_of(past_, [&](const PastTask& task) {
      return task.query == query && task.duration == watcher.awaits_past;
    });
    if (!waits) past_.push_back({.query = query, .duration = watcher.awaits_past});
  }
  query->Add(std::move(watcher));
}

void LiveQueries::Unsubscribe(const Subscriber* subscriber) {
  std::vector<QueryWatcher> removed;  // let go of behind the lock
  MutexLock lock(mutex_);
  const auto keys = keys_of_.extract(subscriber);
  if (keys.empty()) return;
  for (const QueryKey& key : keys.mapped()) {
    const auto found = watched_.find(key);
    if (found == watched_.end()) continue;  // it failed
    const QueryPtr query = found->second;
    std::vector<QueryWatcher> gone = query->Remove(subscriber);
    NoteRemovedLocked(query, gone);
    std::ranges::move(gone, std::back_inserter(removed));
  }
}

void LiveQueries::NoteRemovedLocked(const QueryPtr& query,
                                    const std::vector<QueryWatcher>& removed) {
  for (const QueryWatcher& watcher : removed) {
    const auto caller = callers_.find(watcher.caller);
    const auto count = caller->second.find(query->key());
    if (--count->second == 0) caller->second.erase(count);
    if (caller->second.empty()) callers_.erase(caller);
  }
  if (!query->empty()) return;
  query->stop.request_stop();
  const auto found = watched_.find(query->key());
  if (found != watched_.end() && found->second == query) watched_.erase(found);
  std::erase_if(past_, [&](const PastTask& task) { return task.query == query; });
}

void LiveQueries::Run() {
  while (true) {
    absl::Duration deadline;
    std::stop_token nap;
    {
      MutexLock lock(mutex_);
      wake_.wait(mutex_,
                 [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return stopped_ || !watched_.empty(); });
      if (stopped_) return;
      nap_ = std::stop_source();
      nap = nap_.get_token();
      deadline = StartDueLocked();
    }
    clock_->SleepUntil(deadline, nap);
  }
}

// Returns when to look again, by the monotonic clock.
absl::Duration LiveQueries::StartDueLocked() {
  const absl::Duration start = clock_->Monotonic();
  const absl::Time now = clock_->Now();
  absl::Duration sleep = kLongestNap;
  for (const auto& [key, query] : watched_) {
    StartLocked(query);
    const std::int64_t moment = NewestMoment(now - options_.arrival, key.step_ms);
    sleep = std::min(sleep, absl::FromUnixMillis(moment + key.step_ms) + options_.arrival - now);
    const absl::Duration rest = query->rests_until - start;
    if (rest > absl::ZeroDuration()) sleep = std::min(sleep, rest);
  }
  StartPastLocked();
  return start + sleep;
}

std::int64_t LiveQueries::MomentOf(const WatchedQuery& query) const {
  return NewestMoment(clock_->Now() - options_.arrival, query.key().step_ms);
}

bool LiveQueries::IsDueLocked(const WatchedQuery& query, std::int64_t moment_ms) const {
  return query.Lacks(moment_ms) && clock_->Monotonic() >= query.rests_until;
}

void LiveQueries::StartLocked(const QueryPtr& query) {
  if (query->running || query->empty()) return;
  if (!query->LacksNewest() && !IsDueLocked(*query, MomentOf(*query))) return;
  // If the pool is full, it is tried again at the next step.
  const absl::Status started = pool_.Start(
      query->stop, [this, query](const std::stop_token& stop) { Advance(query, stop); });
  query->running = started.ok();
}

void LiveQueries::StartPastLocked() {
  if (sending_past_ || past_.empty()) return;
  const PastTask task = past_.front();
  const absl::Status started = pool_.Start(
      task.query->stop, [this, task](const std::stop_token& stop) { SendPast(task, stop); });
  if (!started.ok()) return;
  sending_past_ = true;
  past_.pop_front();
}

void LiveQueries::Advance(const QueryPtr& query, const std::stop_token& stop) {
  const absl::Status status = EvaluateIfDue(query.get(), stop);
  if (status.ok()) {
    std::vector<QueryDelivery> deliveries;
    LiveValuePtr newest;
    {
      MutexLock lock(mutex_);
      newest = query->newest();
      if (newest != nullptr) deliveries = query->DeliverNewest();
    }
    Deliver(deliveries, newest);
  } else if (!stop.stop_requested()) {
    Fail(query, std::nullopt, status);
  }
  MutexLock lock(mutex_);
  query->running = false;
  StartLocked(query);
}

absl::Status LiveQueries::EvaluateIfDue(WatchedQuery* query, const std::stop_token& stop) {
  const std::int64_t moment = MomentOf(*query);
  {
    MutexLock lock(mutex_);
    if (!IsDueLocked(*query, moment)) return absl::OkStatus();
  }
  const QueryGrid grid = {.range = {.start_ms = moment, .end_ms = moment},
                          .step_ms = query->key().step_ms};
  const absl::Duration began = clock_->Monotonic();
  ASSIGN_OR_RETURN(LiveValuePtr value,
                   MakeQueryUpdate(*queries_, query->expr(), grid, ValueKind::kQueryValues,
                                   options_.limits, stop));
  const absl::Duration end = clock_->Monotonic();
  MutexLock lock(mutex_);
  query->SetNewest(std::move(value), moment);
  query->rests_until = end + (end - began);
  return absl::OkStatus();
}

void LiveQueries::SendPast(const PastTask& task, const std::stop_token& stop) {
  std::vector<QueryDelivery> deliveries;
  {
    MutexLock lock(mutex_);
    deliveries = task.query->AwaitingPast(task.duration);
  }
  if (!deliveries.empty() && !stop.stop_requested()) SendPastTo(deliveries, task, stop);
  MutexLock lock(mutex_);
  sending_past_ = false;
  StartLocked(task.query);
  StartPastLocked();
}

void LiveQueries::SendPastTo(const std::vector<QueryDelivery>& deliveries, const PastTask& task,
                             const std::stop_token& stop) {
  const std::int64_t end = MomentOf(*task.query);
  const std::int64_t step = task.query->key().step_ms;
  const std::int64_t duration = absl::ToInt64Milliseconds(task.duration);
  const QueryGrid grid = {.range = {.start_ms = end - duration / step * step, .end_ms = end},
                          .step_ms = step};
  const absl::StatusOr<LiveValuePtr> past = MakeQueryUpdate(
      *queries_, task.query->expr(), grid, ValueKind::kQueryPast, options_.past_limits, stop);
  if (past.ok()) {
    Deliver(deliveries, *past);
    MutexLock lock(mutex_);
    task.query->NotePast(deliveries, end);
  } else if (!stop.stop_requested()) {
    Fail(task.query, deliveries, past.status());
  }
}

void LiveQueries::Fail(const QueryPtr& query,
                       const std::optional<std::vector<QueryDelivery>>& deliveries,
                       const absl::Status& status) {
  std::vector<QueryWatcher> failed;
  {
    MutexLock lock(mutex_);
    if (!deliveries) failed = query->RemoveAll();
    for (const QueryDelivery& one : deliveries.value_or(std::vector<QueryDelivery>())) {
      std::ranges::move(query->Remove(one.subscriber.get(), one.topic), std::back_inserter(failed));
    }
    NoteRemovedLocked(query, failed);
  }
  for (const QueryWatcher& watcher : failed) watcher.subscriber->Fail(watcher.topic, status);
}

}  // namespace syspulse
