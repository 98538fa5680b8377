// The live stream behind `top`: read by a thread of its own, taken by the one that draws.
#ifndef CLIENTS_CLI_TOP_FEED_H_
#define CLIENTS_CLI_TOP_FEED_H_

#include <grpcpp/channel.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "clients/cpp/watch.h"
#include "services/base/mutex.h"
#include "syspulse/v1/live_service.grpc.pb.h"

namespace syspulse {

// What happened: a message came, the connection changed, or the service refused the stream for
// good.
using FeedEvent = std::variant<v1::WatchResponse, WatchState, absl::Status>;

// Thread-safe; Open is for one thread.
class LiveFeed {
 public:
  // `on_event` is called, from another thread, whenever Take has something; it must not block.
  // `server` is named in sentences.
  LiveFeed(std::shared_ptr<grpc::Channel> channel, std::string server,
           std::function<void()> on_event);

  // Ends the stream that is open, with what came of it, and opens this one. It is opened again by
  // itself when the connection is lost.
  void Open(v1::WatchRequest request);

  // Returns what happened since it was called before, oldest first.
  std::vector<FeedEvent> Take();

 private:
  void Add(FeedEvent event);
  void Run(const v1::WatchRequest& request, const std::stop_token& stop);

  const std::unique_ptr<v1::LiveService::Stub> stub_;
  const std::string server_;
  const std::function<void()> on_event_;
  Mutex mutex_;
  std::deque<FeedEvent> events_ ABSL_GUARDED_BY(mutex_);
  std::jthread thread_;
};

}  // namespace syspulse

#endif  // CLIENTS_CLI_TOP_FEED_H_
