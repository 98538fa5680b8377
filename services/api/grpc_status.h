// Errors on their way out: the one place where a Status of ours becomes a status of gRPC.
#ifndef SERVICES_API_GRPC_STATUS_H_
#define SERVICES_API_GRPC_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace syspulse {

// Returns the same code and message for gRPC. A message longer than 1 KiB is cut: statuses travel
// in header fields, whose size both sides bound (8 KiB in all by default).
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace syspulse

#endif  // SERVICES_API_GRPC_STATUS_H_
