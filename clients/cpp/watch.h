// Reads a Watch stream of the service for as long as the caller wants, over restarts of either
// side.
//
// By the Watch contract the current value comes first and nothing is ever backlogged, so a stream
// that broke is simply opened again; what changes is told to the caller, so that a screen can say
// that its values are old instead of freezing.
//
//   const auto stub = v1::MetricsService::NewStub(channel);
//   const v1::WatchSnapshotsRequest request;
//   absl::Status end = Watch<v1::WatchSnapshotsResponse>(
//       [&](grpc::ClientContext* context, auto* reactor) {
//         stub->async()->WatchSnapshots(context, &request, reactor);
//       },
//       [&](const v1::WatchSnapshotsResponse& response) { Show(response.snapshot()); },
//       [&](const WatchState& state) { ShowConnection(state); }, {.server = options.server}, stop);
//
// Not bound to a thread: it blocks the one that calls it, and calls back there, so callbacks may
// take their time; the service skips values meanwhile.
#ifndef CLIENTS_CPP_WATCH_H_
#define CLIENTS_CPP_WATCH_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include <condition_variable>
#include <functional>
#include <stop_token>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "clients/cpp/backoff.h"
#include "clients/cpp/status.h"
#include "services/base/mutex.h"

namespace syspulse {

// How the stream stands.
struct WatchState {
  bool live = false;    // messages arrive; else it is being opened again
  absl::Status reason;  // why it is not live, a sentence for people; OK while live
};

struct WatchOptions {
  std::string server;      // named in sentences
  BackoffOptions backoff;  // between tries
  // Ends the watch if the very first try finds no service, instead of waiting for one.
  bool fail_if_unreachable = false;
  // Returns 0 <= x < 1; see Backoff.
  std::function<double()> random = RandomRatio;
};

// One stream, read one message at a time by the thread that waits in Next. A message is asked for
// only when the one before was taken.
template <typename Response>
class WatchReader final : public grpc::ClientReadReactor<Response> {
 public:
  // Call it once, after the rpc was given this reactor. End must follow.
  void Begin() {
    this->AddHold();  // reads are started by Next's caller, when no reaction keeps the rpc alive
    this->StartRead(&response_);
    this->StartCall();
  }

  // Returns the next message, or null when there are no more. Call Taken when done with it.
  const Response* Next() {
    MutexLock lock(mutex_);
    while (!readable_ && !read_all_) changed_.wait(mutex_);
    return readable_ ? &response_ : nullptr;
  }
  void Taken() {
    {
      MutexLock lock(mutex_);
      readable_ = false;
    }
    this->StartRead(&response_);
  }

  // Waits for the end of the stream and returns how it ended. The reactor may go afterwards. A
  // stream that was not read to its end must have been cancelled.
  grpc::Status End() {
    this->RemoveHold();
    MutexLock lock(mutex_);
    while (!done_) changed_.wait(mutex_);
    return status_;
  }

  void OnReadDone(bool ok) override {
    MutexLock lock(mutex_);
    readable_ = ok;
    read_all_ = !ok;
    changed_.notify_all();
  }
  void OnDone(const grpc::Status& status) override {
    MutexLock lock(mutex_);
    status_ = status;
    done_ = true;
    changed_.notify_all();
  }

 private:
  Response response_;  // gRPC's while a read is under way, else Next's caller's
  Mutex mutex_;
  std::condition_variable_any changed_;
  bool readable_ ABSL_GUARDED_BY(mutex_) = false;
  bool read_all_ ABSL_GUARDED_BY(mutex_) = false;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::Status status_ ABSL_GUARDED_BY(mutex_);
};

// Waits; returns false, at once, when `stop` is requested.
bool WaitUnlessStopped(absl::Duration duration, const std::stop_token& stop);

// Opens the stream and reads it until `stop` is requested; opens it again whenever it breaks.
// Returns OK when stopped, else the reason why trying again would not help: the service refused
// the request (or was not there, see `fail_if_unreachable`).
template <typename Response>
absl::Status Watch(
    const std::function<void(grpc::ClientContext*, grpc::ClientReadReactor<Response>*)>& open,
    const std::function<void(const Response&)>& on_message,
    const std::function<void(const WatchState&)>& on_state, const WatchOptions& options,
    const std::stop_token& stop) {
  Backoff backoff(options.backoff, options.random);
  for (bool first = true; !stop.stop_requested(); first = false) {
    grpc::ClientContext context;
    // Later tries pend until the channel, which has a backoff of its own, has connected.
    context.set_wait_for_ready(!first);
    WatchReader<Response> reader;
    open(&context, &reader);
    const std::stop_callback cancel(stop, [&] { context.TryCancel(); });
    reader.Begin();
    bool live = false;
    while (const Response* response = reader.Next()) {
      if (stop.stop_requested()) break;
      if (!live) on_state(WatchState{.live = true});
      live = true;
      backoff.Reset();
      on_message(*response);
      reader.Taken();
    }
    absl::Status end = FromGrpc(reader.End(), options.server);
    if (stop.stop_requested()) break;
    if (end.ok()) end = absl::UnavailableError("the service ended the stream");
    if (!IsTransient(end)) return end;
    if (first && !live && options.fail_if_unreachable) return end;
    on_state(WatchState{.live = false, .reason = end});
    if (!WaitUnlessStopped(backoff.Next(), stop)) break;
  }
  return absl::OkStatus();
}

}  // namespace syspulse

#endif  // CLIENTS_CPP_WATCH_H_
