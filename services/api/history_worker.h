// Sends the recent past of hosts to streams that ask for it.
//
// A past is hundreds of snapshots, too much work for the thread that serves the present and too
// much memory to hold for many hosts at once. A thread of its own builds one host's past at a time,
// in turns between streams, and builds a stream's next one only once it has taken the one before.
//
// Thread-safe.
#ifndef SERVICES_API_HISTORY_WORKER_H_
#define SERVICES_API_HISTORY_WORKER_H_

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "services/api/feed.h"
#include "services/api/snapshot_view.h"
#include "services/api/topic.h"
#include "services/hub/hub.h"
#include "syspulse/v1/live_service.pb.h"

namespace syspulse {

// Returns the past of a host as far as it is in memory, counted back from its newest frame. What
// does not fit into a message (3 MiB) is thinned out if the service may choose the step, else the
// oldest of it is left out.
v1::SnapshotHistory MakeHistory(const Hub& hub, const SnapshotView& view, const HostPtr& host,
                                const HistoryTopic& topic);

// The past that one topic of one stream waits for.
struct HistoryTask {
  std::weak_ptr<Subscriber> subscriber;
  int topic = 0;
  HistoryTopic history;
  std::vector<std::string> host_ids;
  std::function<void(const std::string& host_id)> on_sent;  // called from the worker's thread
};

class HistoryWorker {
 public:
  // `hub` and `view` must outlive this.
  HistoryWorker(const Hub* hub, const SnapshotView* view);
  ~HistoryWorker();

  // Begins a task. Each host's past is offered to the subscriber, then `on_sent` is called, also
  // where there was none to send.
  void Start(HistoryTask task);

 private:
  class Queue;

  void Run(const std::stop_token& stop);
  void SendNext(HistoryTask task);

  const Hub* const hub_;
  const SnapshotView* const view_;
  const std::shared_ptr<Queue> queue_;  // values that are out there put their task back into it
  std::jthread thread_;
};

}  // namespace syspulse

#endif  // SERVICES_API_HISTORY_WORKER_H_
