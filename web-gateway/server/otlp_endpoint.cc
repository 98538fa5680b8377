#include "web-gateway/server/otlp_endpoint.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/support/slice.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "web-gateway/server/body_call.h"
#include "web-gateway/server/compression.h"
#include "web-gateway/server/limits.h"
#include "web-gateway/server/rpc_status.h"

namespace syspulse {
namespace {

namespace pb = google::protobuf;

constexpr std::string_view kProtobuf = "application/x-protobuf";
constexpr std::string_view kJson = "application/json";
// SDKs give up after 10 s by default, and should hear before that why.
constexpr absl::Duration kExportTimeout = absl::Seconds(8);
// What a body may become once it is decompressed; JSON takes the gateway's thread for a while.
constexpr std::size_t kMostProtobufBytes = 12 << 20;
constexpr std::size_t kMostJsonBytes = 4 << 20;

// Forms of requests and answers.
struct Form {
  bool json = false;
  bool gzip = false;
  const JsonCodec* codec = nullptr;
  const pb::Descriptor* request = nullptr;
  const pb::Descriptor* response = nullptr;
};

// Returns a google.rpc.Status: code (1) and message (2).
std::string StatusMessage(const grpc::Status& status) {
  using pb::internal::WireFormatLite;
  std::string bytes;
  {
    pb::io::StringOutputStream stream(&bytes);
    pb::io::CodedOutputStream out(&stream);
    WireFormatLite::WriteInt32(1, status.error_code(), &out);
    WireFormatLite::WriteString(2, ToUtf8(status.error_message()), &out);
  }
  return bytes;
}

HttpResponse ErrorAnswer(int http_status, const grpc::Status& status, bool json) {
  HttpResponse answer{.status = http_status,
                      .headers = {{"content-type", std::string(json ? kJson : kProtobuf)}}};
  answer.body = json ? absl::StrFormat("{\"code\":%d,\"message\":%s}\n",
                                       static_cast<int>(status.error_code()),
                                       JsonString(status.error_message()))
                     : StatusMessage(status);
  return answer;
}

absl::StatusOr<grpc::ByteBuffer> Pack(const Form& form, std::string_view body) {
  std::string plain;
  const std::size_t most = form.json ? kMostJsonBytes : kMostProtobufBytes;
  if (form.gzip) {
    std::optional<std::string> unpacked = Gunzip(body, most);
    if (!unpacked) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "decompress the body: it is not gzip, or becomes more than %d bytes", most));
    }
    plain = *std::move(unpacked);
    body = plain;
  }
  if (form.json) {
    ASSIGN_OR_RETURN(plain, form.codec->FromJson(*form.request, body, UnknownFields::kIgnored));
    body = plain;
  }
  const grpc::Slice slice(body.data(), body.size());
  return grpc::ByteBuffer(&slice, 1);
}

HttpResponse AnswerOf(const Form& form, const grpc::Status& status,
                      const grpc::ByteBuffer& message) {
  if (!status.ok()) return ErrorAnswer(BodyCallStatusOf(status.error_code()), status, form.json);
  grpc::Slice slice;
  HttpResponse answer{.headers = {{"content-type", std::string(form.json ? kJson : kProtobuf)}}};
  if (message.Valid() && message.DumpToSingleSlice(&slice).ok()) {
    answer.body.assign(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  if (!form.json) return answer;
  absl::StatusOr<std::string> json = form.codec->ToJson(*form.response, answer.body);
  if (!json.ok()) return ErrorAnswer(500, ToGrpcStatus(json.status()), form.json);
  answer.body = *std::move(json) + "\n";
  return answer;
}

}  // namespace

bool IsOtlpPath(std::string_view path) { return path == "/v1/metrics"; }

std::optional<HttpResponse> RefuseOtherOtlp(const HttpRequest& request) {
  if (request.method != "POST") {
    HttpResponse refusal = PlainAnswer(405, "/v1/metrics takes POST");
    refusal.headers.emplace_back("allow", "POST");
    return refusal;
  }
  const std::string_view type = request.Header("content-type");
  if (MediaType(type) != kProtobuf && MediaType(type) != kJson) {
    return PlainAnswer(415, absl::StrFormat("content of type '%s' is not taken; send %s or %s",
                                            ToUtf8(type.substr(0, 128)), kProtobuf, kJson));
  }
  return RefuseOtherCoding(request);
}

void AnswerOtlp(const std::shared_ptr<Exchange>& exchange, Upstream* upstream,
                const pb::DescriptorPool* pool, const JsonCodec* codec) {
  const HttpRequest& request = exchange->request();
  const pb::MethodDescriptor* const method =
      pool->FindMethodByName("opentelemetry.proto.collector.metrics.v1.MetricsService.Export");
  if (method == nullptr) {  // a contract of tests
    exchange->Respond(PlainAnswer(404, "OTLP is not served here"));
    return;
  }
  const Form form{.json = MediaType(request.Header("content-type")) == kJson,
                  .gzip = HasGzipBody(request),
                  .codec = codec,
                  .request = method->input_type(),
                  .response = method->output_type()};
  AnswerByCall(exchange, upstream,
               {.method = "/" + method->service()->full_name() + "/" + method->name(),
                .timeout = kExportTimeout,
                .pack = [form](std::string_view body) { return Pack(form, body); },
                .answer =
                    [form](const grpc::Status& status, const grpc::ByteBuffer& message) {
                      return AnswerOf(form, status, message);
                    }});
}

}  // namespace syspulse
