// One value of a stream, serialised once and shared by everyone who sees it.
//
// Every Watch rpc has a response of its own around the same few messages. The message is serialised
// once; what differs (the field it stands in, the topic, the number of skipped values) is a few
// bytes around it. Protobuf does not care in which order the fields of a message come.
#ifndef SERVICES_API_LIVE_VALUE_H_
#define SERVICES_API_LIVE_VALUE_H_

#include <google/protobuf/message_lite.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <cstdint>
#include <memory>

namespace syspulse {

enum class ValueKind {
  kSnapshot,
  kHistory,
  kProcesses,
  kHosts,
  kFrame,
  kQueryPast,    // of an expression: the past
  kQueryValues,  // of an expression: one moment
  kTopicError,
};

// A schema, serialised once for all frames that use it.
struct LiveSchema {
  std::uint64_t id = 0;
  grpc::Slice message;  // v1::Schema
};

// Never changed once shared.
struct LiveValue {
  ValueKind kind;
  std::uint64_t key = 0;  // a newer value of the same topic and key takes this one's place
  grpc::Slice message;    // v1::Snapshot, SnapshotHistory, …: what its kind says
  std::shared_ptr<const LiveSchema> schema;  // of a frame, else null
};

using LiveValuePtr = std::shared_ptr<const LiveValue>;

// The response that a value is sent in.
enum class Envelope {
  kSnapshots,  // WatchSnapshotsResponse
  kFrames,     // WatchFramesResponse
  kProcesses,  // WatchProcessesResponse
  kHosts,      // WatchHostsResponse
  kQuery,      // WatchQueryResponse
  kLive,       // WatchResponse
};

// What the response says besides the value.
struct EnvelopeFields {
  int topic = 0;  // for kLive
  std::int64_t dropped_count = 0;
  bool with_schema = false;  // for kFrames
};

// Returns the serialised message. It is of some type of the API, valid UTF-8 throughout.
grpc::Slice Serialize(const google::protobuf::MessageLite& message);

// Returns the response that carries `value`. The value's bytes are shared, not copied.
grpc::ByteBuffer Wrap(Envelope envelope, const LiveValue& value, EnvelopeFields fields);

}  // namespace syspulse

#endif  // SERVICES_API_LIVE_VALUE_H_
