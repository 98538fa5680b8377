#include "web-gateway/server/upstream.h"

#include <array>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"

namespace syspulse {
namespace {

// How gRPC's client begins its own messages about a connection; a service's messages pass.
constexpr std::array<std::string_view, 5> kConnectionMessages = {
    "failed to connect", "connections to all backends", "Socket closed", "Connection reset",
    "GOAWAY received"};

}  // namespace

Upstream::Upstream(std::shared_ptr<grpc::Channel> channel, std::string address,
                   boost::asio::io_context* io)
    : channel_(std::move(channel)), stub_(channel_), address_(std::move(address)), io_(io) {}

grpc::Status Upstream::Explain(const grpc::Status& status) const {
  if (status.error_code() != grpc::StatusCode::UNAVAILABLE) return status;
  for (const std::string_view message : kConnectionMessages) {
    if (std::string_view(status.error_message()).starts_with(message)) {
      return grpc::Status(
          grpc::StatusCode::UNAVAILABLE,
          absl::StrFormat("cannot reach syspulsed at %s; is it running, and is --server right?",
                          address_));
    }
  }
  return status;
}

}  // namespace syspulse
