#include "web-gateway/server/grpc_web.h"

#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "web-gateway/server/percent_encoding.h"
#include "web-gateway/server/rpc_status.h"

namespace syspulse {

bool IsGrpcWeb(std::string_view media_type) {
  return media_type == "application/grpc-web" || media_type == "application/grpc-web+proto" ||
         media_type == "application/grpc-web-text" ||
         media_type == "application/grpc-web-text+proto";
}

GrpcWebProtocol::GrpcWebProtocol(std::string_view media_type)
    : media_type_(media_type), text_(media_type.starts_with("application/grpc-web-text")) {}

absl::Status GrpcWebProtocol::Decode(std::string_view bytes, bool last,
                                     std::vector<std::string>* messages) {
  if (text_) {
    const auto decoded = base64_.Feed(bytes);
    if (!decoded || (last && !base64_.complete())) {
      return absl::InvalidArgumentError("the body of a grpc-web-text request is not base64");
    }
    frames_.Feed(*decoded);
  } else {
    frames_.Feed(bytes);
  }
  while (true) {
    ASSIGN_OR_RETURN(std::optional<MessageFrame> frame, frames_.Next());
    if (!frame) break;
    if (std::exchange(ended_, frame->flags == kFrameTrailers)) {
      return absl::InvalidArgumentError("the body goes on behind its trailers");
    }
    if (ended_) continue;  // some clients send empty ones
    if (frame->flags == kFrameCompressed) {
      return absl::UnimplementedError("compressed messages are not taken; send them as they are");
    }
    if (frame->flags != 0) {
      return absl::InvalidArgumentError(
          absl::StrFormat("a frame begins with the byte 0x%02x, which means nothing here",
                          static_cast<int>(frame->flags)));
    }
    messages->push_back(std::move(frame->payload));
  }
  if (last && !frames_.empty()) {
    return absl::InvalidArgumentError("the body ends in the middle of a message");
  }
  return absl::OkStatus();
}

std::string GrpcWebProtocol::Frame(std::uint8_t flags, std::string_view payload) const {
  std::string frame = EncodeFrame(flags, payload);
  return text_ ? EncodeBase64(frame) : frame;
}

HttpResponse GrpcWebProtocol::StreamHead(const Metadata& headers) {
  HttpResponse head{.headers = {{"content-type", media_type_}}};
  for (auto& header : ToHeaders(headers)) head.headers.push_back(std::move(header));
  return head;
}

absl::StatusOr<std::string> GrpcWebProtocol::StreamMessage(const std::string& message) {
  return Frame(0, message);
}

std::string GrpcWebProtocol::StreamEnd(const grpc::Status& status, const Metadata& trailers) {
  std::string block = absl::StrFormat("grpc-status: %d\r\n", static_cast<int>(status.error_code()));
  if (!status.error_message().empty()) {
    block += "grpc-message: " + EncodeGrpcMessage(status.error_message()) + "\r\n";
  }
  if (!status.error_details().empty()) {
    block += "grpc-status-details-bin: " + EncodeBase64(status.error_details(), false) + "\r\n";
  }
  for (const auto& [key, value] : ToHeaders(trailers)) block += key + ": " + value + "\r\n";
  return Frame(kFrameTrailers, block);
}

HttpResponse GrpcWebProtocol::Answer(const RpcResult& result) {
  HttpResponse response = StreamHead(result.headers);
  if (result.status.ok() && result.message) response.body = Frame(0, *result.message);
  response.body += StreamEnd(result.status, result.trailers);
  return response;
}

}  // namespace syspulse
