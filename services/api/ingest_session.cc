#include "services/api/ingest_session.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "services/api/host_update.h"
#include "services/base/log.h"
#include "services/base/status_macros.h"
#include "services/base/version.h"
#include "services/model/proto.h"
#include "services/model/resource_name.h"

namespace syspulse {
namespace {

constexpr std::size_t kLongestSessionId = 128;  // ours have 32 characters
constexpr std::size_t kLongestBootId = 128;     // the kernel's have 36
constexpr std::size_t kLongestSource = 128;
constexpr std::size_t kLongestHostname = 253;         // RFC 1035, section 2.3.4
constexpr std::size_t kLongestDescription = 1 << 16;  // of a host: labels, limitations and the rest

// A clock that is set all the time is known to be by then.
constexpr int kMostSaidSteps = 10;

// What one stream may make the service remember. A source whose series come and go (containers,
// units) uses up schemas slowly; after weeks its stream ends once, and a new one starts from none.
constexpr std::size_t kMostSchemas = 4096;
constexpr std::size_t kMostSeries = 2'000'000;
constexpr std::size_t kMostSchemaBytes = 256 << 20;  // as SizeOf has it

// Returns about how much memory a schema takes. An empty label has two bytes in a message, and a
// string all the same.
std::size_t SizeOf(const v1::Schema& schema) {
  std::size_t texts = 0;
  for (const v1::MetricFamily& family : schema.families()) {
    texts += 4 + static_cast<std::size_t>(family.label_names_size());
  }
  for (const v1::Series& series : schema.series()) {
    texts += 1 + static_cast<std::size_t>(series.label_values_size());
  }
  return schema.ByteSizeLong() + texts * sizeof(std::string);
}

// A clock that differs by less may still be the truth to its host.
constexpr absl::Duration kMostAhead = absl::Hours(24);

// OutOfRange for what the history does not take: it would be dropped at once, or never.
absl::Status CheckTime(const Frame& frame, const KeptTimes& times) {
  if (frame.time >= times.oldest && frame.time <= times.newest + kMostAhead) {
    return absl::OkStatus();
  }
  return absl::OutOfRangeError(absl::StrFormat(
      "a frame of source %s is of %s, which is %s", frame.source,
      absl::FormatTime(absl::RFC3339_sec, frame.time, absl::UTCTimeZone()),
      frame.time < times.oldest ? "older than what is kept" : "more than a day ahead"));
}

absl::Status Broken(const std::string& sentence) { return absl::InvalidArgumentError(sentence); }

}  // namespace

IngestSession::~IngestSession() {
  if (connection_.id == 0) return;
  hub_->reader_demand().RemoveListener(host_.id, listener_);
  hub_->Disconnect(host_.id, connection_.id);
  LogInfo("%s disconnected", HostName(host_.id));
}

absl::StatusOr<IngestSession::Answer> IngestSession::Receive(const v1::PushFramesRequest& message) {
  switch (message.message_case()) {
    case v1::PushFramesRequest::kHello: {
      ASSIGN_OR_RETURN(v1::PushFramesResponse welcome, ReceiveHello(message.hello()));
      return Answer{.response = std::move(welcome)};
    }
    case v1::PushFramesRequest::kBatch:
      return ReceiveBatch(message.batch());
    case v1::PushFramesRequest::kInterim:
      return ReceiveInterim(message.interim());
    case v1::PushFramesRequest::MESSAGE_NOT_SET:
      break;
  }
  return Broken("a message is a hello, a batch or an interim sample; this one is none");
}

absl::StatusOr<v1::PushFramesResponse> IngestSession::ReceiveHello(
    const v1::PushFramesHello& hello) {
  if (!host_.id.empty()) return Broken("a stream has one hello; this is the second");
  if (hello.session_id().empty() || hello.session_id().size() > kLongestSessionId) {
    return Broken(absl::StrFormat("session_id has %d bytes; it has 1 to %d",
                                  hello.session_id().size(), kLongestSessionId));
  }
  if (hello.boot_id().size() > kLongestBootId) {
    return Broken(absl::StrFormat("boot_id has %d bytes; it may have %d at most",
                                  hello.boot_id().size(), kLongestBootId));
  }
  if (hello.host().hostname().size() > kLongestHostname) {
    return Broken(absl::StrFormat("the hostname has %d bytes; it may have %d at most",
                                  hello.host().hostname().size(), kLongestHostname));
  }
  if (hello.host().ByteSizeLong() > kLongestDescription) {
    return Broken(
        absl::StrFormat("the description of the host has %d bytes; it may have %d at most",
                        hello.host().ByteSizeLong(), kLongestDescription));
  }
  RETURN_IF_ERROR(CheckHostLabels(hello.host().labels()));
  ASSIGN_OR_RETURN(Host host, FromProto(hello.host()));
  host_ = std::move(host);
  session_id_ = hello.session_id();
  boot_id_ = hello.boot_id();
  if (absl::Status connected = Connect(); !connected.ok()) {
    host_.id.clear();
    return connected;
  }
  hub_->reader_demand().AddListener(host_.id, listener_);
  LogInfo("%s (%s) connected from %s, agent %s", HostName(host_.id), host_.hostname, address_,
          host_.agent_version);
  v1::PushFramesResponse response;
  response.mutable_welcome()->set_service_version(kVersion);
  ToProto(*connection_.host, response.mutable_welcome()->mutable_host());
  return response;
}

absl::Status IngestSession::Connect() {
  absl::StatusOr<HubConnection> connection = hub_->Connect(host_, session_id_, address_, boot_id_);
  if (absl::IsAlreadyExists(connection.status())) {
    ++metrics_->agents_refused;
    // Agents try again for as long as they run: to say it once is enough.
    const absl::StatusOr<HostPtr> host = hub_->FindHost(HostName(host_.id));
    if (host.ok() && (*host)->conflict && (*host)->conflict->refusals == 1) {
      LogWarning("%s: an agent from %s (%s) is refused: %s", HostName(host_.id), address_,
                 host_.hostname, std::string(connection.status().message()));
    }
  }
  RETURN_IF_ERROR(connection.status());
  connection_ = *std::move(connection);
  return absl::OkStatus();
}

absl::StatusOr<IngestSession::Answer> IngestSession::ReceiveBatch(const v1::FrameBatch& message) {
  if (host_.id.empty()) return Broken("the first message of a stream is a hello, not a batch");
  if (message.sequence() <= last_sequence_) {
    return Broken(absl::StrFormat("batch %d follows batch %d; sequence numbers grow, from 1",
                                  message.sequence(), last_sequence_));
  }
  RETURN_IF_ERROR(TakeSchemas(message.schemas()));
  ASSIGN_OR_RETURN(Batch batch, Decode(message));
  Count(batch);
  RETURN_IF_ERROR(Push(&batch));
  RETURN_IF_ERROR(Keep(batch));
  last_sequence_ = message.sequence();
  Answer answer{.ticket = last_ticket_};
  answer.response.mutable_acknowledgement()->set_sequence(last_sequence_);
  return answer;
}

// After the hub, which knows whether the frames may come by this stream.
absl::Status IngestSession::Keep(const Batch& batch) {
  const KeptTimes times = keeper_->times();
  for (const FramePtr& frame : batch.frames) {
    if (last_ticket_ == kNever) return absl::OkStatus();
    if (LeavesOut(CheckTime(*frame, times))) continue;
    const absl::StatusOr<std::uint64_t> ticket = keeper_->Keep(frame);
    if (!ticket.ok() && !absl::IsUnavailable(ticket.status())) return ticket.status();
    last_ticket_ = ticket.value_or(kNever);
  }
  return absl::OkStatus();
}

absl::StatusOr<IngestSession::Answer> IngestSession::ReceiveInterim(
    const v1::InterimSample& message) {
  if (host_.id.empty()) return Broken("the first message of a stream is a hello, not a sample");
  RETURN_IF_ERROR(TakeSchemas(message.schemas()));
  ASSIGN_OR_RETURN(const std::vector<FramePtr> frames, DecodeFrames(message.frames()));
  ProcessTablePtr processes;
  if (message.has_process_table()) {
    ASSIGN_OR_RETURN(processes, FromProto(message.process_table(), host_.id));
  }
  metrics_->interim_frames_received += static_cast<std::int64_t>(frames.size());
  const absl::Status pushed = PushInterim(frames, processes);
  // A host that was deleted comes back with the next sample that is kept.
  if (!absl::IsNotFound(pushed)) RETURN_IF_ERROR(Published(pushed));
  return Answer();
}

absl::Status IngestSession::PushInterim(const std::vector<FramePtr>& frames,
                                        const ProcessTablePtr& processes) {
  for (const FramePtr& frame : frames) {
    const absl::Status pushed = hub_->PushInterimFrame(connection_.id, frame);
    if (!LeavesOut(pushed)) RETURN_IF_ERROR(pushed);
  }
  if (processes == nullptr) return absl::OkStatus();
  return hub_->PushInterimTable(connection_.id, processes);
}

absl::Status IngestSession::TakeSchemas(
    const google::protobuf::RepeatedPtrField<v1::Schema>& schemas) {
  for (const v1::Schema& message : schemas) {
    series_count_ += static_cast<std::size_t>(message.series_size());
    schema_bytes_ += SizeOf(message);
    if (schemas_.size() >= kMostSchemas || series_count_ > kMostSeries ||
        schema_bytes_ > kMostSchemaBytes) {
      return absl::ResourceExhaustedError(
          absl::StrFormat("the stream has sent %d schemas with %d series, which take %d MiB; "
                          "connect again to start from none",
                          schemas_.size() + 1, series_count_, schema_bytes_ >> 20));
    }
    ASSIGN_OR_RETURN(SchemaPtr schema, FromProto(message));
    schemas_[message.id()] = pool_->Share(std::move(schema));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<FramePtr>> IngestSession::DecodeFrames(
    const google::protobuf::RepeatedPtrField<v1::Frame>& messages) const {
  const auto find_schema = [&](std::uint64_t id) {
    const auto found = schemas_.find(id);
    return found == schemas_.end() ? nullptr : found->second;
  };
  std::vector<FramePtr> frames;
  frames.reserve(static_cast<std::size_t>(messages.size()));
  for (const v1::Frame& one : messages) {
    if (one.source().size() > kLongestSource) {
      return Broken(absl::StrFormat("the name of a source has %d bytes; it may have %d at most",
                                    one.source().size(), kLongestSource));
    }
    ASSIGN_OR_RETURN(FramePtr frame, FromProto(one, host_.id, find_schema));
    frames.push_back(std::move(frame));
  }
  return frames;
}

absl::StatusOr<IngestSession::Batch> IngestSession::Decode(const v1::FrameBatch& message) {
  Batch batch{.late = message.late()};
  ASSIGN_OR_RETURN(batch.frames, DecodeFrames(message.frames()));
  if (message.has_clock()) {
    AgentClock& clock = batch.clock.emplace();
    ASSIGN_OR_RETURN(clock.time, FromProto(message.clock().time()));
    ASSIGN_OR_RETURN(clock.since_boot, FromProto(message.clock().since_boot()));
  }
  if (message.has_process_table()) {
    ASSIGN_OR_RETURN(batch.processes, FromProto(message.process_table(), host_.id));
  }
  return batch;
}

void IngestSession::Count(const Batch& batch) {
  std::size_t samples = 0;
  for (const FramePtr& frame : batch.frames) samples += frame->values.size();
  metrics_->frames_received += static_cast<std::int64_t>(batch.frames.size());
  metrics_->samples_received += static_cast<std::int64_t>(samples);
  if (batch.processes != nullptr) ++metrics_->process_tables_received;
}

absl::Status IngestSession::Push(Batch* batch) {
  absl::Status pushed = PushOnce(batch);
  if (absl::IsNotFound(pushed)) {  // the host was deleted: it comes back with its next frame
    RETURN_IF_ERROR(Connect());
    pushed = PushOnce(batch);
  }
  return Published(std::move(pushed));
}

// Tells the readers, and says why the host is not this agent's any more, if it is not.
absl::Status IngestSession::Published(absl::Status pushed) {
  fanout_->Publish(host_.id);
  if (absl::IsAborted(pushed)) {
    return absl::AlreadyExistsError(absl::StrFormat(
        "another agent took over %s; give each machine an id of its own with --host-id",
        HostName(host_.id)));
  }
  return pushed;
}

absl::Status IngestSession::TakeClock(const AgentClock& clock) {
  ASSIGN_OR_RETURN(const std::optional<absl::Duration> step,
                   hub_->TakeClock(host_.id, connection_.id, clock));
  if (!step) return absl::OkStatus();
  ++metrics_->clock_steps;
  if (++steps_ > kMostSaidSteps) return absl::OkStatus();
  const std::string by =
      absl::FormatDuration(absl::AbsDuration(absl::Trunc(*step, absl::Milliseconds(1))));
  if (*step > absl::ZeroDuration()) {
    LogWarning("%s: its clock was set forward by %s, in which there are no samples",
               HostName(host_.id), by);
  } else {
    LogWarning(
        "%s: its clock was set back by %s; the first of two samples of one time is kept, and the "
        "other left out of its history",
        HostName(host_.id), by);
  }
  return absl::OkStatus();
}

absl::Status IngestSession::PushOnce(Batch* batch) {
  if (batch->clock) RETURN_IF_ERROR(TakeClock(*batch->clock));
  absl::Status failure;
  std::erase_if(batch->frames, [&](const FramePtr& frame) {
    if (!failure.ok()) return false;
    const absl::Status pushed = batch->late ? hub_->PushLateFrame(connection_.id, frame)
                                            : hub_->PushFrame(connection_.id, frame);
    if (LeavesOut(pushed)) return true;
    failure = pushed;
    return false;
  });
  RETURN_IF_ERROR(failure);
  if (batch->processes == nullptr) return absl::OkStatus();
  return hub_->PushProcessTable(connection_.id, batch->processes);
}

// Whether a frame alone is beyond limits, or of a time that is not its agent's or cannot be: no
// reason to take nothing else of its host.
bool IngestSession::LeavesOut(const absl::Status& pushed) {
  if (!absl::IsResourceExhausted(pushed) && !absl::IsFailedPrecondition(pushed) &&
      !absl::IsOutOfRange(pushed)) {
    return false;
  }
  ++metrics_->frames_refused;
  if (said_left_out_.insert(pushed.code()).second) {
    LogWarning("%s: %s; such frames are left out", HostName(host_.id),
               std::string(pushed.message()));
  }
  return true;
}

}  // namespace syspulse
