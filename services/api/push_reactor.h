// A PushFrames stream: reads an agent's messages one after the other, and answers.
//
// Messages come as bytes and are decoded into an arena that lives for one message, so an agent that
// is connected but silent costs next to nothing. An acknowledgement goes out once its frames are
// kept for good. Acknowledgements are coalesced: one answer is on its way at a time, and what waits
// behind it is the newest only. So are demands: what goes out is what readers want by then, if the
// agent was told something else before.
//
// Owned by the registry until gRPC calls OnDone. Thread-safe.
#ifndef SERVICES_API_PUSH_REACTOR_H_
#define SERVICES_API_PUSH_REACTOR_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "services/api/api_context.h"
#include "services/api/ingest_session.h"
#include "services/api/stream_registry.h"
#include "services/base/mutex.h"
#include "services/hub/frame_keeper.h"
#include "services/hub/reader_demand.h"

namespace syspulse {

class PushReactor final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                          public Stream,
                          public DemandListener,
                          public KeptListener {
 public:
  // Opens a stream, or one that ends at once if the caller may not push or there are too many
  // streams. What the pointers point to must outlive the stream.
  static grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Open(const ApiContext& api,
                                                                           SchemaPool* pool,
                                                                           std::string address);

  PushReactor(const ApiContext& api, SchemaPool* pool, std::string address);
  ~PushReactor() override;

  void End(const grpc::Status& status) override;
  void OnDemand(const Demand& demand) override;
  void OnKept(std::uint64_t ticket) override;

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  // An answer that waits for its frames to be kept.
  struct Unkept {
    std::uint64_t ticket = 0;
    v1::PushFramesResponse response;
  };

  absl::StatusOr<IngestSession::Answer> ReceiveRaw();
  void AddUnkeptLocked(IngestSession::Answer answer) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TakeKeptLocked(std::uint64_t ticket) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void EndIfDoneLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SendNextLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SendLocked(const v1::PushFramesResponse& answer) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FinishLocked(const grpc::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  StreamRegistry* const registry_;
  FrameKeeper* const keeper_;
  ServiceMetrics* const metrics_;

  // Of the read reaction, of which there is one at a time.
  grpc::ByteBuffer received_;
  std::optional<IngestSession> session_;

  Mutex mutex_;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool half_closed_ ABSL_GUARDED_BY(mutex_) = false;  // the agent has sent its last message
  grpc::ByteBuffer sending_ ABSL_GUARDED_BY(mutex_);
  std::deque<Unkept> unkept_ ABSL_GUARDED_BY(mutex_);  // in the order of their tickets
  std::optional<v1::PushFramesResponse> waiting_ ABSL_GUARDED_BY(mutex_);  // the newest answer
  bool welcomed_ ABSL_GUARDED_BY(mutex_) = false;  // nothing goes out before the welcome
  Demand wanted_ ABSL_GUARDED_BY(mutex_);          // by readers
  Demand told_ ABSL_GUARDED_BY(mutex_);            // what the agent knows of that
};

}  // namespace syspulse

#endif  // SERVICES_API_PUSH_REACTOR_H_
