// What a failed call means, as a sentence for the person who reads it.
//
//   const grpc::Status status = stub->GetSnapshot(&context, request, &response);
//   if (!status.ok()) return FromGrpc(status, options.server);
//   // cannot reach syspulsed at 127.0.0.1:50051: is it running? (services/up starts it)
#ifndef CLIENTS_CPP_STATUS_H_
#define CLIENTS_CPP_STATUS_H_

#include <grpcpp/support/status.h>

#include <string_view>

#include "absl/status/status.h"

namespace syspulse {

// Returns `status` with the same code. The words of the service stay as they are; those of the
// transport become a sentence that names `server` (ChannelOptions::server).
absl::Status FromGrpc(const grpc::Status& status, std::string_view server);

// Returns whether the service was not reached or the connection to it was lost: the transport's
// doing, however it words it. A service that itself says UNAVAILABLE was reached.
bool IsTransportFailure(const grpc::Status& status);

// Returns whether FromGrpc made this of a call that found no service at its address: another one
// may be right. A service that itself says UNAVAILABLE was found.
bool IsNobodyThere(const absl::Status& status);

// Returns whether the same call may succeed later without anybody changing it: the connection was
// lost, or the service is not there, stops or is overloaded.
bool IsTransient(const absl::Status& status);

}  // namespace syspulse

#endif  // CLIENTS_CPP_STATUS_H_
