#include "web-gateway/server/rest.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "web-gateway/server/base64.h"
#include "web-gateway/server/compression.h"
#include "web-gateway/server/frame.h"
#include "web-gateway/server/rpc_status.h"

namespace syspulse {
namespace {

namespace pb = google::protobuf;

// Returns a detail as JSON's form of google.protobuf.Any; its bytes where the type is not known.
std::string DetailJson(const ErrorDetail& detail, const JsonCodec* codec,
                       const pb::DescriptorPool* pool) {
  const std::string head = "{\"@type\":" + JsonString("type.googleapis.com/" + detail.type);
  const pb::Descriptor* type = pool->FindMessageTypeByName(detail.type);
  if (type != nullptr) {
    const auto json = codec->ToJson(*type, detail.value);
    if (json.ok() && *json == "{}") return head + "}";
    if (json.ok() && json->starts_with('{')) return head + "," + json->substr(1);
  }
  return head + ",\"value\":\"" + EncodeBase64(detail.value) + "\"}";
}

std::string ErrorJson(const grpc::Status& status, const JsonCodec* codec,
                      const pb::DescriptorPool* pool) {
  std::string details;
  if (codec != nullptr && pool != nullptr) {
    for (const ErrorDetail& detail : DetailsOf(status)) {
      details += (details.empty() ? "" : ",") + DetailJson(detail, codec, pool);
    }
  }
  return absl::StrFormat("{\"code\":%d,\"message\":%s,\"status\":\"%s\",\"details\":[%s]}",
                         HttpStatusOf(status.error_code()), JsonString(status.error_message()),
                         CodeName(status.error_code()), details);
}

}  // namespace

HttpResponse RestErrorAnswer(const grpc::Status& status, const JsonCodec* codec,
                             const pb::DescriptorPool* pool) {
  HttpResponse response{.status = HttpStatusOf(status.error_code()),
                        .headers = {{"content-type", "application/json"}}};
  response.body = ErrorJson(status, codec, pool) + "\n";
  return response;
}

RestProtocol::RestProtocol(Settings settings, RestMatch match, std::string query)
    : settings_(settings), match_(std::move(match)), query_(std::move(query)) {}

const pb::Descriptor& RestProtocol::output() const {
  return *match_.route->method->descriptor->output_type();
}

absl::Status RestProtocol::Decode(std::string_view bytes, bool last,
                                  std::vector<std::string>* messages) {
  body_.append(bytes);
  if (body_.size() > kMaxMessageBytes) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("the body is longer than %d bytes", kMaxMessageBytes));
  }
  if (!last) return absl::OkStatus();
  if (settings_.gzip_body && !body_.empty()) {
    auto plain = Gunzip(body_, kMaxMessageBytes);
    if (!plain) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "the body is not gzip, or becomes longer than %d bytes", kMaxMessageBytes));
    }
    body_ = *std::move(plain);
  }
  if (settings_.translate != nullptr) {
    if (auto translated = settings_.translate(body_)) {
      RETURN_IF_ERROR(translated->status());
      messages->push_back(**std::move(translated));
      return absl::OkStatus();
    }
  }
  ASSIGN_OR_RETURN(std::string message, settings_.builder->Build(match_, query_, body_));
  messages->push_back(std::move(message));
  return absl::OkStatus();
}

HttpResponse RestProtocol::Answer(const RpcResult& result) {
  absl::StatusOr<std::string> json = std::string();
  if (result.status.ok()) json = settings_.codec->ToJson(output(), *result.message);
  HttpResponse response;
  if (result.status.ok() && json.ok()) {
    response.headers.emplace_back("content-type", "application/json");
    response.body = std::move(*json) + "\n";
  } else {
    response = RestErrorAnswer(result.status.ok() ? ToGrpcStatus(json.status()) : result.status,
                               settings_.codec, settings_.pool);
  }
  for (auto& header : ToHeaders(result.headers)) response.headers.push_back(std::move(header));
  if (settings_.gzip) GzipBody(&response);
  return response;
}

HttpResponse RestProtocol::StreamHead(const Metadata& headers) {
  HttpResponse head;
  head.headers.emplace_back("content-type",
                            settings_.events ? "text/event-stream" : "application/x-ndjson");
  head.headers.emplace_back("cache-control", "no-cache");
  for (auto& header : ToHeaders(headers)) head.headers.push_back(std::move(header));
  return head;
}

absl::StatusOr<std::string> RestProtocol::StreamMessage(const std::string& message) {
  ASSIGN_OR_RETURN(std::string json, settings_.codec->ToJson(output(), message));
  return settings_.events ? "data: " + json + "\n\n" : json + "\n";
}

std::string RestProtocol::StreamEnd(const grpc::Status& status, const Metadata&) {
  if (status.ok()) return settings_.events ? "event: end\ndata: {}\n\n" : "";
  const std::string error = ErrorJson(status, settings_.codec, settings_.pool);
  return settings_.events ? "event: error\ndata: " + error + "\n\n" : "{\"error\":" + error + "}\n";
}

}  // namespace syspulse
