// How a gRPC status looks in HTTP: status numbers, names of codes, JSON, timeouts.
#ifndef WEB_GATEWAY_SERVER_RPC_STATUS_H_
#define WEB_GATEWAY_SERVER_RPC_STATUS_H_

#include <grpcpp/support/status.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace syspulse {

// Returns the HTTP status of a code. google.rpc.Code and the Connect protocol agree on it.
int HttpStatusOf(grpc::StatusCode code);

// Returns `INVALID_ARGUMENT`.
std::string_view CodeName(grpc::StatusCode code);

// Returns `invalid_argument`, as Connect spells it; `canceled` has one l.
std::string ConnectCodeName(grpc::StatusCode code);

// Returns a status of ours as gRPC has it.
grpc::Status ToGrpcStatus(const absl::Status& status);

// One entry of google.rpc.Status.details.
struct ErrorDetail {
  // Full name of the message's type, `google.rpc.ErrorInfo`.
  std::string type;
  // The message, serialised.
  std::string value;
};

// Returns the details that a status carries, none if they cannot be read.
std::vector<ErrorDetail> DetailsOf(const grpc::Status& status);

// Returns the value of a grpc-timeout header, 1 to 8 digits and a unit of `HMSmun`.
absl::StatusOr<absl::Duration> ParseGrpcTimeout(std::string_view text);

// Returns the value of a Connect-Timeout-Ms header, 1 to 10 digits.
absl::StatusOr<absl::Duration> ParseConnectTimeout(std::string_view text);

// Returns `text` as a JSON string, in quotes. Bytes that are not UTF-8 become U+FFFD.
std::string JsonString(std::string_view text);

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_RPC_STATUS_H_
