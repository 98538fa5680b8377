// One PushFrames stream, from hello to its end: sends batches in order, one write in flight, and
// hands acknowledgements to the buffer.
//
// What comes after the end (waiting, trying again, giving a batch up) is PushStream's business.
#ifndef SERVICES_AGENT_PUSH_CALL_H_
#define SERVICES_AGENT_PUSH_CALL_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_set>

#include "services/agent/frame_buffer.h"
#include "services/base/clock.h"
#include "services/base/mutex.h"
#include "syspulse/v1/ingest_service.grpc.pb.h"

namespace syspulse {

// What is told while the stream stands. Called from gRPC's threads: must not block.
struct PushEvents {
  std::function<void(const v1::PushFramesWelcome&)> on_welcome;
  std::function<void(const v1::PushFramesDemand&)> on_demand;
  std::function<void(std::size_t)> on_send = [](std::size_t) {};  // gets the bytes of a message
};

// Thread-safe. Must stay alive until WaitForEnd has returned.
class PushCall final
    : public grpc::ClientBidiReactor<v1::PushFramesRequest, v1::PushFramesResponse> {
 public:
  // `buffer` and `clock` must outlive this.
  PushCall(FrameBuffer* buffer, const Clock* clock, PushEvents events);

  // Opens the stream. `stub` and `context` must stay alive until WaitForEnd has returned. Call it
  // once.
  void Begin(v1::IngestService::Stub* stub, grpc::ClientContext* context,
             const v1::PushFramesHello& hello);

  // Sends what the buffer has, unless that is under way already.
  void Wake();

  // Sends this as soon as no new batch has to go before it, unless a newer one comes first.
  void SendInterim(InterimSample sample);

  // Sends what the buffer has in memory and then tells the service that nothing more will come; it
  // acknowledges and ends the stream then.
  void Close();

  // Waits for the end of the stream and returns how it ended.
  grpc::Status WaitForEnd();

  bool welcomed() const;

  // Returns whether an interim sample was sent.
  bool sent_interim() const;

  // Returns the sequence number of the batch that was sent last, 0 if there was none.
  std::int64_t last_sent() const;

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

 private:
  // Starts the next write, if there is something to write and nothing speaks against it.
  void MaybeWriteLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool FillRequestLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  FrameBuffer* const buffer_;
  const Clock* const clock_;
  const PushEvents events_;
  v1::PushFramesResponse response_;  // gRPC's while a read is under way

  mutable Mutex mutex_;
  std::condition_variable_any ended_changed_;
  v1::PushFramesRequest request_ ABSL_GUARDED_BY(mutex_);         // not touched while `writing_`
  std::optional<InterimSample> interim_ ABSL_GUARDED_BY(mutex_);  // to be sent next
  std::unordered_set<std::uint64_t> sent_schemas_ ABSL_GUARDED_BY(mutex_);
  std::int64_t last_sent_ ABSL_GUARDED_BY(mutex_) = 0;
  bool sent_interim_ ABSL_GUARDED_BY(mutex_) = false;
  bool welcomed_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = true;       // from the start: the hello comes first
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;      // Close was called
  bool half_closed_ ABSL_GUARDED_BY(mutex_) = false;  // the service was told
  bool read_all_ ABSL_GUARDED_BY(mutex_) = false;     // the stream is over: nothing may be started
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;        // OnDone was called
  grpc::Status status_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace syspulse

#endif  // SERVICES_AGENT_PUSH_CALL_H_
