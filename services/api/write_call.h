// WriteSeries: hands a body of remote write to its intake.
#ifndef SERVICES_API_WRITE_CALL_H_
#define SERVICES_API_WRITE_CALL_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "services/api/api_context.h"

namespace syspulse {

// Begins the call. `response` is gRPC's, which keeps it until the end.
grpc::ServerUnaryReactor* OpenWriteCall(const ApiContext& api, const grpc::ByteBuffer& request,
                                        grpc::ByteBuffer* response);

}  // namespace syspulse

#endif  // SERVICES_API_WRITE_CALL_H_
