#include "services/api/query_pool.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_format.h"

namespace syspulse {
namespace {

// How many times as many may wait, those among them whose callers have left.
constexpr std::size_t kMostLeft = 16;

constexpr absl::Duration kLateBy = absl::Milliseconds(50);  // about, at most

}  // namespace

QueryPool::QueryPool(const Clock* clock, QueryPoolOptions options)
    : clock_(clock), options_(options) {
  for (std::size_t i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Run(); });
  watch_ = std::jthread([this](const std::stop_token& stop) { EndWaiting(stop); });
}

QueryPool::~QueryPool() {
  Stop();
  threads_.clear();
  watch_ = {};
}

absl::Status QueryPool::Start(std::stop_source stop, Work work, QueryPatience patience) {
  return Add(options_.most_waiting,
             {.stop = std::move(stop), .work = std::move(work), .patience = std::move(patience)});
}

absl::Status QueryPool::GoOn(std::stop_source stop, Work work) {
  return Add(std::numeric_limits<std::size_t>::max(),
             {.stop = std::move(stop), .work = std::move(work)});
}

bool QueryPool::StartIfFree(std::stop_source stop, Work work) {
  const MutexLock lock(mutex_);
  if (stopped_ || free_ <= waiting_.size()) return false;
  waiting_.push_back({.stop = std::move(stop), .work = std::move(work)});
  wake_.notify_one();
  return true;
}

absl::Status QueryPool::Add(std::size_t most_waiting, Task task) {
  const MutexLock lock(mutex_);
  if (stopped_) return absl::UnavailableError("the service is stopping; try again");
  if (waiting_.size() >= most_waiting) {
    // Those whose callers have left end as soon as it is their turn: they take nobody's place.
    const auto waited_for = std::ranges::count_if(
        waiting_, [](const Task& task) { return !task.stop.stop_requested(); });
    if (static_cast<std::size_t>(waited_for) >= most_waiting ||
        waiting_.size() >= kMostLeft * most_waiting) {
      return absl::ResourceExhaustedError(absl::StrFormat(
          "%d queries wait already; try again when some have been answered", waiting_.size()));
    }
  }
  waiting_.push_back(std::move(task));
  wake_.notify_one();
  watch_wake_.notify_one();
  return absl::OkStatus();
}

void QueryPool::EndWaiting(const std::stop_token& stop) {
  while (true) {
    {
      const MutexLock lock(mutex_);
      watch_wake_.wait(mutex_, stop,
                       [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return !waiting_.empty(); });
    }
    if (!clock_->SleepUntil(clock_->Monotonic() + kLateBy, stop)) return;
    for (const Task& task : TakeLate()) task.patience.end();
  }
}

std::vector<QueryPool::Task> QueryPool::TakeLate() {
  const absl::Duration now = clock_->Monotonic();
  std::vector<Task> late;
  const MutexLock lock(mutex_);
  std::erase_if(waiting_, [&](Task& task) {
    if (task.patience.until > now) return false;
    late.push_back(std::move(task));
    return true;
  });
  return late;
}

void QueryPool::Stop() {
  watch_.request_stop();
  const MutexLock lock(mutex_);
  stopped_ = true;
  for (std::stop_source& stop : running_) stop.request_stop();
  for (Task& task : waiting_) task.stop.request_stop();
  wake_.notify_all();
}

void QueryPool::Run() {
  while (true) {
    Task task;
    {
      const MutexLock lock(mutex_);
      ++free_;
      wake_.wait(mutex_,
                 [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return stopped_ || !waiting_.empty(); });
      --free_;
      if (waiting_.empty()) return;
      task = std::move(waiting_.front());
      waiting_.pop_front();
      running_.push_back(task.stop);
    }
    task.work(task.stop.get_token());
    const MutexLock lock(mutex_);
    running_.erase(std::ranges::find(running_, task.stop));
  }
}

}  // namespace syspulse
