// PushMetrics: hands a request to its intake.
#ifndef SERVICES_API_PUSH_METRICS_CALL_H_
#define SERVICES_API_PUSH_METRICS_CALL_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <string>

#include "services/api/api_context.h"

namespace syspulse {

// Begins the call of a peer at that address. `response` is gRPC's, which keeps it until the end.
grpc::ServerUnaryReactor* OpenPushMetricsCall(const ApiContext& api, const std::string& address,
                                              const grpc::ByteBuffer& request,
                                              grpc::ByteBuffer* response);

}  // namespace syspulse

#endif  // SERVICES_API_PUSH_METRICS_CALL_H_
