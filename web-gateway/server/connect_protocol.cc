#include "web-gateway/server/connect_protocol.h"

#include <map>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "web-gateway/server/base64.h"
#include "web-gateway/server/compression.h"
#include "web-gateway/server/rpc_status.h"

namespace syspulse {
namespace {

// Returns `"metadata":{"key":["value"]}` without the braces around it; empty if there is none.
std::string MetadataJson(const Metadata& metadata) {
  std::map<std::string, std::string> values;
  for (const auto& [key, value] : ToHeaders(metadata)) {
    std::string& list = values[key];
    list += (list.empty() ? "" : ",") + JsonString(value);
  }
  std::string json;
  for (const auto& [key, list] : values) {
    json += (json.empty() ? "" : ",") + JsonString(key) + ":[" + list + "]";
  }
  return json.empty() ? json : "\"metadata\":{" + json + "}";
}

}  // namespace

absl::StatusOr<std::string> ConnectCodec::ToProto(std::string message) const {
  if (json == nullptr) return message;
  return json->FromJson(*input, message);
}

absl::StatusOr<std::string> ConnectCodec::FromProto(std::string message) const {
  if (json == nullptr) return message;
  return json->ToJson(*output, message);
}

std::string ConnectErrorJson(const grpc::Status& status) {
  std::string json = "{\"code\":" + JsonString(ConnectCodeName(status.error_code()));
  if (!status.error_message().empty()) {
    json += ",\"message\":" + JsonString(status.error_message());
  }
  std::string details;
  for (const ErrorDetail& detail : DetailsOf(status)) {
    details += (details.empty() ? "" : ",");
    details += absl::StrFormat("{\"type\":%s,\"value\":\"%s\"}", JsonString(detail.type),
                               EncodeBase64(detail.value, false));
  }
  if (!details.empty()) json += ",\"details\":[" + details + "]";
  return json + "}";
}

HttpResponse ConnectErrorAnswer(const grpc::Status& status) {
  HttpResponse response{.status = HttpStatusOf(status.error_code()),
                        .headers = {{"content-type", "application/json"}}};
  response.body = ConnectErrorJson(status);
  return response;
}

ConnectUnaryProtocol::ConnectUnaryProtocol(ConnectCodec codec,
                                           std::optional<std::string> query_message, bool gzip)
    : codec_(codec), query_message_(std::move(query_message)), gzip_(gzip) {}

absl::Status ConnectUnaryProtocol::Decode(std::string_view bytes, bool last,
                                          std::vector<std::string>* messages) {
  body_.append(bytes);
  if (body_.size() > kMaxMessageBytes) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("the message is longer than %d bytes", kMaxMessageBytes));
  }
  if (!last) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::string message, codec_.ToProto(query_message_ ? *query_message_ : body_));
  messages->push_back(std::move(message));
  return absl::OkStatus();
}

HttpResponse ConnectUnaryProtocol::Answer(const RpcResult& result) {
  HttpResponse response;
  absl::StatusOr<std::string> body = std::string();
  if (result.status.ok()) body = codec_.FromProto(*result.message);
  if (result.status.ok() && body.ok()) {
    response.headers.emplace_back(
        "content-type", codec_.json != nullptr ? "application/json" : "application/proto");
    response.body = std::move(*body);
  } else {
    response = ConnectErrorAnswer(result.status.ok() ? ToGrpcStatus(body.status()) : result.status);
  }
  for (auto& header : ToHeaders(result.headers)) response.headers.push_back(std::move(header));
  for (auto& header : ToHeaders(result.trailers, "trailer-")) {
    response.headers.push_back(std::move(header));
  }
  if (gzip_ && codec_.json != nullptr) GzipBody(&response);
  return response;
}

HttpResponse ConnectUnaryProtocol::StreamHead(const Metadata&) { return {}; }
absl::StatusOr<std::string> ConnectUnaryProtocol::StreamMessage(const std::string& message) {
  return message;
}
std::string ConnectUnaryProtocol::StreamEnd(const grpc::Status&, const Metadata&) { return {}; }

ConnectStreamProtocol::ConnectStreamProtocol(ConnectCodec codec) : codec_(codec) {}

absl::Status ConnectStreamProtocol::Decode(std::string_view bytes, bool last,
                                           std::vector<std::string>* messages) {
  frames_.Feed(bytes);
  while (true) {
    ASSIGN_OR_RETURN(std::optional<MessageFrame> frame, frames_.Next());
    if (!frame) break;
    if ((frame->flags & kFrameCompressed) != 0) {
      return absl::UnimplementedError("compressed messages are not taken; send them as they are");
    }
    if (frame->flags != 0) {
      return absl::InvalidArgumentError(
          absl::StrFormat("an envelope begins with the byte 0x%02x, which means nothing here",
                          static_cast<int>(frame->flags)));
    }
    ASSIGN_OR_RETURN(std::string message, codec_.ToProto(std::move(frame->payload)));
    messages->push_back(std::move(message));
  }
  if (last && !frames_.empty()) {
    return absl::InvalidArgumentError("the body ends in the middle of a message");
  }
  return absl::OkStatus();
}

HttpResponse ConnectStreamProtocol::StreamHead(const Metadata& headers) {
  HttpResponse head;
  head.headers.emplace_back("content-type", codec_.json != nullptr ? "application/connect+json"
                                                                   : "application/connect+proto");
  for (auto& header : ToHeaders(headers)) head.headers.push_back(std::move(header));
  return head;
}

absl::StatusOr<std::string> ConnectStreamProtocol::StreamMessage(const std::string& message) {
  ASSIGN_OR_RETURN(std::string encoded, codec_.FromProto(message));
  return EncodeFrame(0, encoded);
}

std::string ConnectStreamProtocol::StreamEnd(const grpc::Status& status, const Metadata& trailers) {
  std::string json = status.ok() ? "" : "\"error\":" + ConnectErrorJson(status);
  const std::string metadata = MetadataJson(trailers);
  if (!json.empty() && !metadata.empty()) json += ",";
  return EncodeFrame(kFrameConnectEnd, "{" + json + metadata + "}");
}

HttpResponse ConnectStreamProtocol::Answer(const RpcResult& result) {
  HttpResponse response = StreamHead(result.headers);
  if (result.status.ok() && result.message) {
    auto piece = StreamMessage(*result.message);
    if (piece.ok()) {
      response.body = std::move(*piece);
    } else {
      response.body = StreamEnd(ToGrpcStatus(piece.status()), result.trailers);
      return response;
    }
  }
  response.body += StreamEnd(result.status, result.trailers);
  return response;
}

}  // namespace syspulse
