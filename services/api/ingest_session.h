// One agent's side of PushFrames: the protocol, without the stream.
//
// Each message is checked as a whole before anything of it reaches the hub. What the session sends
// back is a welcome or an acknowledgement. From the hello on, what readers want of the host is told
// to a listener.
//
// Confined to one thread at a time. Its end is the host's disconnection.
#ifndef SERVICES_API_INGEST_SESSION_H_
#define SERVICES_API_INGEST_SESSION_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/api/fanout.h"
#include "services/api/schema_pool.h"
#include "services/exporter/service_metrics.h"
#include "services/hub/frame_keeper.h"
#include "services/hub/hub.h"
#include "services/hub/reader_demand.h"
#include "services/model/frame.h"
#include "services/model/host.h"
#include "syspulse/v1/ingest_service.pb.h"

namespace syspulse {

class IngestSession {
 public:
  // What the session says to a message.
  struct Answer {
    v1::PushFramesResponse response;  // with no message: nothing goes out
    std::uint64_t ticket = 0;  // it may go out once the keeper has kept that, and all before it
  };

  // The pointers must outlive this. `address` is where the agent calls from; `listener` hears what
  // is wanted of its host, from any thread.
  IngestSession(Hub* hub, FrameKeeper* keeper, Fanout* fanout, SchemaPool* pool,
                ServiceMetrics* metrics, DemandListener* listener, std::string address)
      : hub_(hub),
        keeper_(keeper),
        fanout_(fanout),
        pool_(pool),
        metrics_(metrics),
        listener_(listener),
        address_(std::move(address)) {}
  ~IngestSession();
  IngestSession(const IngestSession&) = delete;
  IngestSession& operator=(const IngestSession&) = delete;

  // Takes the agent's next message and returns the answer to it.
  //
  // A batch whose frames the keeper has no room for reaches the hub, but its answer never goes out
  // (kNever), and neither do those behind it: the agent has to send them again, in another stream.
  //
  // Frames beyond what the hub takes of a host are left out, counted, and said once; the rest of
  // the batch counts.
  //
  // InvalidArgument for a message that breaks the protocol, AlreadyExists if another agent speaks
  // for the host, ResourceExhausted beyond what an agent ever needs. The session is over then.
  absl::StatusOr<Answer> Receive(const v1::PushFramesRequest& message);

  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

 private:
  struct Batch {
    std::vector<FramePtr> frames;
    ProcessTablePtr processes;
    bool late = false;
    std::optional<AgentClock> clock;
  };

  absl::StatusOr<v1::PushFramesResponse> ReceiveHello(const v1::PushFramesHello& hello);
  absl::StatusOr<Answer> ReceiveBatch(const v1::FrameBatch& batch);
  absl::StatusOr<Answer> ReceiveInterim(const v1::InterimSample& message);
  absl::Status TakeSchemas(const google::protobuf::RepeatedPtrField<v1::Schema>& schemas);
  absl::StatusOr<std::vector<FramePtr>> DecodeFrames(
      const google::protobuf::RepeatedPtrField<v1::Frame>& frames) const;
  absl::StatusOr<Batch> Decode(const v1::FrameBatch& batch);
  absl::Status Keep(const Batch& batch);
  absl::Status Push(Batch* batch);
  absl::Status PushOnce(Batch* batch);
  absl::Status PushInterim(const std::vector<FramePtr>& frames, const ProcessTablePtr& processes);
  absl::Status Published(absl::Status pushed);
  bool LeavesOut(const absl::Status& pushed);
  absl::Status Connect();
  absl::Status TakeClock(const AgentClock& clock);
  void Count(const Batch& batch);

  Hub* const hub_;
  FrameKeeper* const keeper_;
  Fanout* const fanout_;
  SchemaPool* const pool_;
  ServiceMetrics* const metrics_;
  DemandListener* const listener_;
  const std::string address_;

  Host host_;  // as the agent describes it; no id before the hello
  std::string session_id_;
  std::string boot_id_;
  HubConnection connection_;
  std::int64_t last_sequence_ = 0;
  std::uint64_t last_ticket_ = 0;  // of the frames so far
  std::set<absl::StatusCode> said_left_out_;
  int steps_ = 0;                                         // of the agent's clock
  std::unordered_map<std::uint64_t, SchemaPtr> schemas_;  // sent in this stream, by id
  std::size_t series_count_ = 0;                          // of all of them
  std::size_t schema_bytes_ = 0;                          // of all of them, in memory, about
};

}  // namespace syspulse

#endif  // SERVICES_API_INGEST_SESSION_H_
