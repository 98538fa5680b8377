// A stream that ends before it began.
#ifndef SERVICES_API_REFUSED_STREAM_H_
#define SERVICES_API_REFUSED_STREAM_H_

#include <grpcpp/support/server_callback.h>

#include "absl/status/status.h"
#include "services/api/grpc_status.h"

namespace syspulse {

template <typename Response>
class RefusedStream final : public grpc::ServerWriteReactor<Response> {
 public:
  explicit RefusedStream(const absl::Status& status) { this->Finish(ToGrpcStatus(status)); }
  void OnDone() override { delete this; }
};

}  // namespace syspulse

#endif  // SERVICES_API_REFUSED_STREAM_H_
