// A unary call that an intake answers, some time after the request's bytes were handed to it,
// uncopied.
//
// Deletes itself. Whoever answers it may do so after it is gone.
#ifndef SERVICES_API_INTAKE_CALL_H_
#define SERVICES_API_INTAKE_CALL_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/api/write_intake.h"
#include "services/base/mutex.h"

namespace syspulse {

// A request's bytes, held for as long as anyone has a copy of this. Thread-safe.
class RequestBytes {
 public:
  explicit RequestBytes(grpc::Slice slice)
      : slice_(std::make_shared<const grpc::Slice>(std::move(slice))) {}

  // Bytes of a short slice stand in the slice itself, so the view holds for what is shared only.
  std::string_view view() const {
    return {reinterpret_cast<const char*>(slice_->begin()), slice_->size()};
  }

 private:
  std::shared_ptr<const grpc::Slice> slice_;
};

class IntakeCall final : public grpc::ServerUnaryReactor {
 public:
  // Hands the request to an intake; an error is the answer, and `answered` is not called then.
  using Begin =
      std::function<absl::Status(const RequestBytes& request, WriteIntake::Answered answered)>;
  // Returns the serialised response to what became of it, or an error.
  using Respond = std::function<absl::StatusOr<grpc::Slice>(const WriteResult& result)>;

  // Begins the call. `response` is gRPC's, which keeps it until OnDone.
  static grpc::ServerUnaryReactor* Open(const grpc::ByteBuffer& request, grpc::ByteBuffer* response,
                                        const Begin& begin, Respond respond);

  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  // What may outlive the call: who gets here first finishes it.
  struct Ending {
    Mutex mutex;
    IntakeCall* call ABSL_GUARDED_BY(mutex) = nullptr;  // null once it is finished
  };

  IntakeCall(grpc::ByteBuffer* response, Respond respond)
      : response_(response), respond_(std::move(respond)) {}

  static void Finish(Ending* ending, const absl::StatusOr<WriteResult>& result);

  grpc::ByteBuffer* const response_;
  const Respond respond_;
  const std::shared_ptr<Ending> ending_ = std::make_shared<Ending>();
};

}  // namespace syspulse

#endif  // SERVICES_API_INTAKE_CALL_H_
