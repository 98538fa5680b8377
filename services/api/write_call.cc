#include "services/api/write_call.h"

#include <string_view>
#include <utility>

#include "services/api/grpc_status.h"
#include "services/api/live_value.h"
#include "services/base/status_macros.h"
#include "services/remote_write/wire_reader.h"
#include "syspulse/v1/ingest_service.pb.h"

namespace syspulse {

grpc::ServerUnaryReactor* WriteCall::Open(const ApiContext& api, const grpc::ByteBuffer& request,
                                          grpc::ByteBuffer* response) {
  auto* const call = new WriteCall(response);
  const std::shared_ptr<Ending> ending = call->ending_;
  {
    const MutexLock lock(ending->mutex);
    ending->call = call;
  }
  const absl::Status started = Start(api, request, ending);
  if (!started.ok()) Finish(ending.get(), started);
  return call;
}

absl::Status WriteCall::Start(const ApiContext& api, const grpc::ByteBuffer& request,
                              const std::shared_ptr<Ending>& ending) {
  RETURN_IF_ERROR(api.access->Check(*v1::WriteSeriesRequest::descriptor()));
  grpc::Slice bytes;
  if (!request.DumpToSingleSlice(&bytes).ok()) {
    return absl::InternalError("take a request: its bytes cannot be read");
  }
  const std::string_view message(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
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
  // Bytes of a short slice stand in the slice itself, and move with it.
  const std::size_t offset = static_cast<std::size_t>(body.data() - message.data());
  auto shared = std::make_shared<const grpc::Slice>(std::move(bytes));
  const std::string_view kept(reinterpret_cast<const char*>(shared->begin()) + offset, body.size());
  return api.writes->Start(kept, [ending, shared](const absl::StatusOr<std::int64_t>& samples) {
    Finish(ending.get(), samples);
  });
}

void WriteCall::Finish(Ending* ending, const absl::StatusOr<std::int64_t>& samples) {
  WriteCall* call = nullptr;
  {
    const MutexLock lock(ending->mutex);
    call = std::exchange(ending->call, nullptr);
  }
  if (call == nullptr) return;
  if (samples.ok()) {
    v1::WriteSeriesResponse response;
    response.set_sample_count(*samples);
    const grpc::Slice slice = Serialize(response);
    *call->response_ = grpc::ByteBuffer(&slice, 1);
  }
  static_cast<grpc::ServerUnaryReactor*>(call)->Finish(ToGrpcStatus(samples.status()));
}

void WriteCall::OnCancel() { Finish(ending_.get(), absl::CancelledError("the caller is gone")); }

}  // namespace syspulse
