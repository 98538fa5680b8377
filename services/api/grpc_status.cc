#include "services/api/grpc_status.h"

#include <cstddef>
#include <string>

#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr std::size_t kLongestMessage = 1024;

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  std::string message(status.message());
  if (message.size() > kLongestMessage) {
    message.resize(kLongestMessage);
    message += "…";
  }
  // The codes of both are numbered alike, by google/rpc/code.proto.
  return {static_cast<grpc::StatusCode>(status.code()), ToUtf8(message)};
}

}  // namespace syspulse
