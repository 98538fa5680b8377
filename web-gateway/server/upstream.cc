#include "web-gateway/server/upstream.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "clients/cpp/status.h"

namespace syspulse {
namespace {

// What gRPC's core says when the deadline of a call passes. The service has words of its own.
constexpr std::string_view kDeadlinePassed = "Deadline Exceeded";

}  // namespace

Upstream::Upstream(std::shared_ptr<grpc::Channel> channel, std::string address,
                   boost::asio::io_context* io)
    : channel_(std::move(channel)), stub_(channel_), address_(std::move(address)), io_(io) {}

grpc::Status Upstream::Explain(const grpc::Status& status) const {
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED &&
      status.error_message() == kDeadlinePassed) {
    return grpc::Status(status.error_code(),
                        absl::StrFormat("syspulsed at %s did not answer in time", address_));
  }
  // The gateway calls only what the contract has; gRPC says no more of bytes that are no message.
  if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED && status.error_message().empty()) {
    return grpc::Status(status.error_code(),
                        "the service cannot read the message, or it is older than the gateway and "
                        "does not know the method");
  }
  if (!IsTransportFailure(status)) return status;
  return grpc::Status(
      grpc::StatusCode::UNAVAILABLE,
      absl::StrFormat("cannot reach syspulsed at %s; is it running, and is --server right?",
                      address_));
}

}  // namespace syspulse
