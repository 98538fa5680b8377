#include "services/api/write_call.h"

#include <string_view>
#include <utility>

#include "services/api/intake_call.h"
#include "services/api/live_value.h"
#include "services/base/status_macros.h"
#include "services/remote_write/wire_reader.h"
#include "syspulse/v1/ingest_service.pb.h"

namespace syspulse {
namespace {

// Returns the body that a WriteSeriesRequest holds, a view into it.
absl::StatusOr<std::string_view> BodyOf(std::string_view message) {
  std::string_view body;
  WireReader reader(message);
  while (reader.Next()) {
    if (reader.Is(v1::WriteSeriesRequest::kSnappyWriteRequestFieldNumber, WireType::kBytes)) {
      body = reader.bytes();
    }
  }
  if (!reader.ok()) {
    return absl::InvalidArgumentError("read the request: it is not a WriteSeriesRequest");
  }
  if (message.empty() || body.data() == nullptr) {
    return absl::InvalidArgumentError("read the request: it has no snappy_write_request");
  }
  return body;
}

absl::Status BeginWrite(const ApiContext& api, const RequestBytes& request,
                        WriteIntake::Answered answered) {
  RETURN_IF_ERROR(api.access->Check(*v1::WriteSeriesRequest::descriptor()));
  ASSIGN_OR_RETURN(const std::string_view body, BodyOf(request.view()));
  return api.writes->Start(
      body.size(), [request, body](SeriesWriter* writer) { return writer->Take(body); },
      std::move(answered));
}

absl::StatusOr<grpc::Slice> RespondToWrite(const WriteResult& result) {
  RETURN_IF_ERROR(ToStatus(result));
  v1::WriteSeriesResponse response;
  response.set_sample_count(result.samples);
  return Serialize(response);
}

}  // namespace

grpc::ServerUnaryReactor* OpenWriteCall(const ApiContext& api, const grpc::ByteBuffer& request,
                                        grpc::ByteBuffer* response) {
  return IntakeCall::Open(
      request, response,
      [&api](const RequestBytes& bytes, WriteIntake::Answered answered) {
        return BeginWrite(api, bytes, std::move(answered));
      },
      RespondToWrite);
}

}  // namespace syspulse
