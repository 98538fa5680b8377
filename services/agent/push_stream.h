// Brings what the buffer holds to the service, over restarts of the service and of the network.
//
// One PushFrames stream is open at a time; when it ends, however it ends, another one is opened and
// what was not acknowledged is sent again, beside what is new (see FrameBuffer). What the service
// says decides how:
//   UNAVAILABLE and its like  the service is away: again after a wait that is drawn from a span
//                             which doubles from 3 s to 30 s, so that the thousand agents of a
//                             service that restarts do not come back in the same second
//   ALREADY_EXISTS            another agent speaks for this host: ever more slowly, as this one may
//                             only have come back before the end of the run before was noticed
//   INVALID_ARGUMENT          a batch is not valid: it is found (by sending the suspects one by
//                             one), dropped and counted, and the rest goes on. Where samples in
//                             between were sent too, there are no more of them first, so that none
//                             of them costs a batch
//   other refusals            slowly: somebody must change something first
// Each of these is said once in the log, not at every try.
#ifndef SERVICES_AGENT_PUSH_STREAM_H_
#define SERVICES_AGENT_PUSH_STREAM_H_

#include <grpcpp/channel.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "clients/cpp/backoff.h"
#include "services/agent/frame_buffer.h"
#include "services/agent/push_call.h"
#include "services/base/clock.h"
#include "services/base/mutex.h"
#include "services/model/demand.h"
#include "services/model/host.h"

namespace syspulse {

struct PushOptions {
  std::string server;     // named in sentences
  std::string spool_dir;  // the same; where samples go from memory, empty if nowhere
  Host host;              // who is speaking
  std::string session_id;
  std::string boot_id;  // see PushFramesHello; empty if it is not known
  // Gets what readers want, whenever that changes; a demand ends with its stream. Called from
  // threads of gRPC: must not block.
  std::function<void(const Demand&)> on_demand = [](const Demand&) {};
  // Between tries while the service is away. The span grows until a stream has stood for a minute.
  BackoffOptions backoff = {.initial = absl::Seconds(3), .max = absl::Seconds(30)};
  absl::Duration refused_wait = absl::Seconds(30);  // about, between tries while it refuses us
  std::function<double()> random = RandomRatio;     // see Backoff
};

// Thread-safe. Has a thread of its own.
class PushStream {
 public:
  // How long a stream stands until the service counts as well.
  static constexpr absl::Duration kStable = absl::Minutes(1);

  // Starts at once. `buffer` and `clock` must outlive this.
  PushStream(std::shared_ptr<grpc::Channel> channel, FrameBuffer* buffer, const Clock* clock,
             PushOptions options);

  // Ends the stream without waiting for anything.
  ~PushStream();

  // Says that the buffer has something new to send.
  void Wake();

  // Sends this soon or never: if no stream stands, or something newer comes before it could go.
  void SendInterim(InterimSample sample);

  // Tries, for `timeout` at most, to bring everything that is in memory to the service and to end
  // the stream in order; no other stream is opened. Does not wait for a service that is not there.
  // Returns whether the buffer is empty.
  bool Flush(absl::Duration timeout);

  // Returns the bytes of all messages that were given to gRPC.
  std::int64_t sent_bytes() const { return sent_bytes_; }

  // Returns how many times a stream was opened again.
  std::int64_t reconnects() const;

 private:
  void Run(const std::stop_token& stop);

  // Opens one stream and waits for its end. Returns whether another one is wanted.
  bool PushOnce(const std::stop_token& stop);

  void OnWelcome(const v1::PushFramesWelcome& welcome);
  void OnDemand(const v1::PushFramesDemand& demand);

  bool was_welcomed() const;

  // Decides what happens after a stream, and returns how long to wait before the next.
  absl::Duration AfterEnd(const absl::Status& end, const PushCall& call);
  absl::Duration AfterRefusedSample(const absl::Status& end);
  absl::Duration AfterRefusedBatch(const absl::Status& end, std::int64_t last_sent);

  // Logs `sentence` unless it is what was said last.
  void Say(const std::string& sentence);

  const std::unique_ptr<v1::IngestService::Stub> stub_;
  FrameBuffer* const buffer_;
  const Clock* const clock_;
  const PushOptions options_;

  // Of the thread that runs the streams.
  Backoff backoff_;
  absl::Duration wait_;
  bool wait_for_ready_ = false;  // the service is away, and that was said

  std::atomic<std::int64_t> sent_bytes_ = 0;
  std::atomic<bool> sends_interims_ = true;  // until the service refused something beside them

  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  PushCall* call_ ABSL_GUARDED_BY(mutex_) = nullptr;   // the stream that stands
  bool live_ ABSL_GUARDED_BY(mutex_) = false;          // it was welcomed and has not ended
  absl::Duration live_since_ ABSL_GUARDED_BY(mutex_);  // monotonic
  bool flushing_ ABSL_GUARDED_BY(mutex_) = false;      // the stream that stands is the last
  std::int64_t welcomes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::string said_ ABSL_GUARDED_BY(mutex_);  // empty once all is well again

  std::jthread thread_;  // last: uses everything above
};

}  // namespace syspulse

#endif  // SERVICES_AGENT_PUSH_STREAM_H_
