#include "services/api/history_worker.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <optional>
#include <utility>

#include "services/api/snapshot_feed.h"
#include "services/base/mutex.h"
#include "services/model/resource_name.h"

namespace syspulse {
namespace {

constexpr double kMostPoints = 600;  // unless the caller chooses; see SnapshotTopic.history_step
constexpr std::size_t kMostBytes = 3 << 20;  // clients take 4 MiB a message unless told otherwise

absl::Duration DefaultStep(absl::Duration duration) {
  return std::max(absl::Ceil(duration / kMostPoints, absl::Seconds(1)), absl::Seconds(1));
}

}  // namespace

v1::SnapshotHistory MakeHistory(const Hub& hub, const SnapshotView& view, const HostPtr& host,
                                const HistoryTopic& topic) {
  const FramePtr latest = hub.LatestFrame(host->id, kSystemSource);
  v1::SnapshotHistory history;
  history.set_host(HostName(host->id));
  if (latest == nullptr) return history;

  const bool may_choose = topic.step == absl::ZeroDuration();
  absl::Duration step = may_choose ? DefaultStep(topic.duration) : topic.step;
  const absl::Time since = latest->time - topic.duration;
  const std::vector<FramePtr> system = hub.RecentFrames(host->id, kSystemSource, since);
  const std::vector<FramePtr> filesystem = hub.RecentFrames(host->id, kFilesystemSource, since);
  const auto make = [&] {
    history = view.MakeHistory({.host = host, .system = system, .filesystem = filesystem}, step,
                               topic.mask);
  };
  make();
  while (may_choose && history.ByteSizeLong() > kMostBytes) {
    step *= 2;
    make();
  }
  while (history.ByteSizeLong() > kMostBytes) {
    const int excess = std::max(history.snapshots_size() / 8, 1);
    history.mutable_snapshots()->DeleteSubrange(0, excess);
  }
  return history;
}

// The tasks whose turn it is.
class HistoryWorker::Queue {
 public:
  void Push(HistoryTask task) {
    MutexLock lock(mutex_);
    tasks_.push_back(std::move(task));
    wake_.notify_one();
  }
  std::optional<HistoryTask> Pop(const std::stop_token& stop) {
    MutexLock lock(mutex_);
    wake_.wait(mutex_, stop, [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return !tasks_.empty(); });
    if (tasks_.empty() || stop.stop_requested()) return std::nullopt;
    HistoryTask task = std::move(tasks_.front());
    tasks_.pop_front();
    return task;
  }

 private:
  Mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<HistoryTask> tasks_ ABSL_GUARDED_BY(mutex_);
};

HistoryWorker::HistoryWorker(const Hub* hub, const SnapshotView* view)
    : hub_(hub),
      view_(view),
      queue_(std::make_shared<Queue>()),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

HistoryWorker::~HistoryWorker() {
  thread_.request_stop();
  thread_.join();
}

void HistoryWorker::Start(HistoryTask task) {
  std::ranges::reverse(task.host_ids);  // taken from the back
  queue_->Push(std::move(task));
}

void HistoryWorker::Run(const std::stop_token& stop) {
  while (std::optional<HistoryTask> task = queue_->Pop(stop)) SendNext(*std::move(task));
}

void HistoryWorker::SendNext(HistoryTask task) {
  const std::shared_ptr<Subscriber> subscriber = task.subscriber.lock();
  if (subscriber == nullptr || task.host_ids.empty()) return;
  const std::string host_id = std::move(task.host_ids.back());
  task.host_ids.pop_back();
  const auto on_sent = task.on_sent;
  const int topic = task.topic;
  const absl::StatusOr<HostPtr> host = hub_->FindHost(HostName(host_id));
  if (!host.ok()) {  // deleted meanwhile
    queue_->Push(std::move(task));
  } else {
    const auto history = MakeHistory(*hub_, *view_, *host, task.history);
    auto* const value = new LiveValue{.kind = ValueKind::kHistory,
                                      .key = static_cast<std::uint64_t>(task.host_ids.size()),
                                      .message = Serialize(history)};
    // The task goes on once the stream has let go of this value.
    const LiveValuePtr shared(
        value, [queue = queue_, rest = std::move(task)](const LiveValue* sent) mutable {
          delete sent;
          queue->Push(std::move(rest));
        });
    subscriber->Offer(topic, shared, 0);
  }
  on_sent(host_id);
}

}  // namespace syspulse
