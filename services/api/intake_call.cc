#include "services/api/intake_call.h"

#include <utility>

#include "services/api/grpc_status.h"

namespace syspulse {

grpc::ServerUnaryReactor* IntakeCall::Open(const grpc::ByteBuffer& request,
                                           grpc::ByteBuffer* response, const Begin& begin,
                                           Respond respond) {
  auto* const call = new IntakeCall(response, std::move(respond));
  const std::shared_ptr<Ending> ending = call->ending_;
  {
    const MutexLock lock(ending->mutex);
    ending->call = call;
  }
  grpc::Slice bytes;
  absl::Status begun = absl::InternalError("take a request: its bytes cannot be read");
  if (request.DumpToSingleSlice(&bytes).ok()) {
    begun = begin(
        RequestBytes(std::move(bytes)),
        [ending](const absl::StatusOr<WriteResult>& result) { Finish(ending.get(), result); });
  }
  if (!begun.ok()) Finish(ending.get(), begun);
  return call;
}

void IntakeCall::Finish(Ending* ending, const absl::StatusOr<WriteResult>& result) {
  IntakeCall* call = nullptr;
  {
    const MutexLock lock(ending->mutex);
    call = std::exchange(ending->call, nullptr);
  }
  if (call == nullptr) return;
  const absl::StatusOr<grpc::Slice> response =
      result.ok() ? call->respond_(*result) : absl::StatusOr<grpc::Slice>(result.status());
  if (response.ok()) *call->response_ = grpc::ByteBuffer(&*response, 1);
  static_cast<grpc::ServerUnaryReactor*>(call)->Finish(ToGrpcStatus(response.status()));
}

void IntakeCall::OnCancel() { Finish(ending_.get(), absl::CancelledError("the caller is gone")); }

}  // namespace syspulse
