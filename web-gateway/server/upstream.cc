#include "web-gateway/server/upstream.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "clients/cpp/status.h"

namespace syspulse {

Upstream::Upstream(std::shared_ptr<grpc::Channel> channel, std::string address,
                   boost::asio::io_context* io)
    : channel_(std::move(channel)), stub_(channel_), address_(std::move(address)), io_(io) {}

grpc::Status Upstream::Explain(const grpc::Status& status) const {
  if (!IsTransportFailure(status)) return status;
  return grpc::Status(
      grpc::StatusCode::UNAVAILABLE,
      absl::StrFormat("cannot reach syspulsed at %s; is it running, and is --server right?",
                      address_));
}

}  // namespace syspulse
