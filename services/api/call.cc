#include "services/api/call.h"

#include <grpcpp/support/proto_buffer_reader.h>

#include "absl/strings/str_format.h"

namespace syspulse {

absl::Status ParseRaw(const grpc::ByteBuffer& raw, google::protobuf::Message* message) {
  grpc::ByteBuffer bytes = raw;  // shares the slices; the reader wants it mutable
  grpc::ProtoBufferReader reader(&bytes);
  if (reader.status().ok() && message->ParseFromZeroCopyStream(&reader)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("the message is not a valid %s", message->GetTypeName()));
}

}  // namespace syspulse
