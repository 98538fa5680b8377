// A WriteSeries call: hands the request's bytes on, uncopied, and answers when it is told to.
//
// Deletes itself. Whoever answers it may do so after it is gone.
#ifndef SERVICES_API_WRITE_CALL_H_
#define SERVICES_API_WRITE_CALL_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "services/api/api_context.h"
#include "services/base/mutex.h"

namespace syspulse {

class WriteCall final : public grpc::ServerUnaryReactor {
 public:
  // Begins the call. `response` is gRPC's, which keeps it until OnDone.
  static grpc::ServerUnaryReactor* Open(const ApiContext& api, const grpc::ByteBuffer& request,
                                        grpc::ByteBuffer* response);

  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  // What may outlive the call: who gets here first finishes it.
  struct Ending {
    Mutex mutex;
    WriteCall* call ABSL_GUARDED_BY(mutex) = nullptr;  // null once it is finished
  };

  explicit WriteCall(grpc::ByteBuffer* response) : response_(response) {}

  static absl::Status Start(const ApiContext& api, const grpc::ByteBuffer& request,
                            const std::shared_ptr<Ending>& ending);
  static void Finish(Ending* ending, const absl::StatusOr<std::int64_t>& samples);

  grpc::ByteBuffer* const response_;
  const std::shared_ptr<Ending> ending_ = std::make_shared<Ending>();
};

}  // namespace syspulse

#endif  // SERVICES_API_WRITE_CALL_H_
