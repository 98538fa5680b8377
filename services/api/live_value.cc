#include "services/api/live_value.h"

#include <google/protobuf/io/coded_stream.h>

#include <array>
#include <cstddef>

#include "syspulse/v1/host_service.pb.h"
#include "syspulse/v1/live_service.pb.h"
#include "syspulse/v1/metrics_service.pb.h"
#include "syspulse/v1/process_service.pb.h"
#include "syspulse/v1/query_service.pb.h"

namespace syspulse {
namespace {

using google::protobuf::io::CodedOutputStream;

// Wire types of https://protobuf.dev/programming-guides/encoding.
constexpr std::uint32_t kVarint = 0;
constexpr std::uint32_t kLengthDelimited = 2;

// A few fields in front of or behind a message: fits into a slice without an allocation.
class SmallFields {
 public:
  void AddNumber(int field, std::uint64_t value) {
    AddTag(field, kVarint);
    end_ = CodedOutputStream::WriteVarint64ToArray(value, end_);
  }
  // The message itself follows in a slice of its own.
  void AddMessageHeader(int field, std::size_t size) {
    AddTag(field, kLengthDelimited);
    end_ = CodedOutputStream::WriteVarint64ToArray(size, end_);
  }
  std::size_t size() const { return static_cast<std::size_t>(end_ - bytes_.data()); }
  grpc::Slice ToSlice() const { return {bytes_.data(), size()}; }

 private:
  void AddTag(int field, std::uint32_t type) {
    end_ = CodedOutputStream::WriteTagToArray(static_cast<std::uint32_t>(field) << 3 | type, end_);
  }

  std::array<std::uint8_t, 32> bytes_;  // two fields: at most two tags and two varints, 2 × 15
  std::uint8_t* end_ = bytes_.data();
};

int LiveField(ValueKind kind) {
  switch (kind) {
    case ValueKind::kSnapshot:
      return v1::WatchResponse::kSnapshotFieldNumber;
    case ValueKind::kHistory:
      return v1::WatchResponse::kSnapshotHistoryFieldNumber;
    case ValueKind::kProcesses:
      return v1::WatchResponse::kProcessTableFieldNumber;
    case ValueKind::kHosts:
      return v1::WatchResponse::kHostsFieldNumber;
    case ValueKind::kQueryPast:
    case ValueKind::kQueryValues:
      return v1::WatchResponse::kQueryUpdateFieldNumber;
    case ValueKind::kTopicError:
      return v1::WatchResponse::kTopicErrorFieldNumber;
    case ValueKind::kFrame:
      break;  // no topic of LiveService
  }
  return v1::WatchResponse::kSnapshotFieldNumber;
}

// Where a response keeps its value and how many it dropped.
struct Layout {
  int value_field;  // 0: the value's fields are the response's own
  int dropped_count_field;
};

Layout LayoutOf(Envelope envelope, ValueKind kind) {
  switch (envelope) {
    case Envelope::kSnapshots:
      return {v1::WatchSnapshotsResponse::kSnapshotFieldNumber,
              v1::WatchSnapshotsResponse::kDroppedCountFieldNumber};
    case Envelope::kFrames:
      return {v1::WatchFramesResponse::kFrameFieldNumber,
              v1::WatchFramesResponse::kDroppedCountFieldNumber};
    case Envelope::kProcesses:
      return {v1::WatchProcessesResponse::kProcessTableFieldNumber,
              v1::WatchProcessesResponse::kDroppedCountFieldNumber};
    case Envelope::kHosts:
      return {0, v1::WatchHostsResponse::kDroppedCountFieldNumber};
    case Envelope::kQuery:
      return {v1::WatchQueryResponse::kUpdateFieldNumber,
              v1::WatchQueryResponse::kDroppedCountFieldNumber};
    case Envelope::kLive:
      break;
  }
  return {LiveField(kind), v1::WatchResponse::kDroppedCountFieldNumber};
}

// A HostList is sent as a WatchHostsResponse as it is.
static_assert(int{v1::HostList::kHostsFieldNumber} ==
              int{v1::WatchHostsResponse::kHostsFieldNumber});
static_assert(int{v1::HostList::kMatchedCountFieldNumber} ==
              int{v1::WatchHostsResponse::kMatchedCountFieldNumber});
static_assert(int{v1::HostList::kOnlineCountFieldNumber} ==
              int{v1::WatchHostsResponse::kOnlineCountFieldNumber});
static_assert(int{v1::HostList::kStaleCountFieldNumber} ==
              int{v1::WatchHostsResponse::kStaleCountFieldNumber});
static_assert(int{v1::HostList::kOfflineCountFieldNumber} ==
              int{v1::WatchHostsResponse::kOfflineCountFieldNumber});

}  // namespace

grpc::Slice Serialize(const google::protobuf::MessageLite& message) {
  grpc_slice slice = grpc_slice_malloc(message.ByteSizeLong());
  message.SerializeWithCachedSizesToArray(GRPC_SLICE_START_PTR(slice));
  return {slice, grpc::Slice::STEAL_REF};
}

grpc::ByteBuffer Wrap(Envelope envelope, const LiveValue& value, EnvelopeFields fields) {
  const Layout layout = LayoutOf(envelope, value.kind);
  SmallFields header;
  if (envelope == Envelope::kLive && fields.topic != 0) {
    header.AddNumber(v1::WatchResponse::kTopicFieldNumber,
                     static_cast<std::uint64_t>(fields.topic));
  }
  if (layout.value_field != 0) header.AddMessageHeader(layout.value_field, value.message.size());

  std::array<grpc::Slice, 4> slices;
  std::size_t count = 0;
  if (header.size() > 0) slices[count++] = header.ToSlice();
  slices[count++] = value.message;
  SmallFields trailer;
  if (fields.dropped_count > 0) {
    trailer.AddNumber(layout.dropped_count_field, static_cast<std::uint64_t>(fields.dropped_count));
  }
  const bool with_schema = fields.with_schema && value.schema != nullptr;
  if (with_schema) {
    trailer.AddMessageHeader(v1::WatchFramesResponse::kSchemaFieldNumber,
                             value.schema->message.size());
  }
  if (trailer.size() > 0) slices[count++] = trailer.ToSlice();
  if (with_schema) slices[count++] = value.schema->message;
  return {slices.data(), count};
}

}  // namespace syspulse
