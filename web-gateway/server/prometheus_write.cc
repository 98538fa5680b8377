#include "web-gateway/server/prometheus_write.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <cstdint>
#include <iterator>
#include <string>

#include "absl/strings/str_format.h"
#include "services/base/text.h"
#include "syspulse/v1/ingest_service.pb.h"
#include "web-gateway/server/body_call.h"
#include "web-gateway/server/rpc_status.h"

namespace syspulse {
namespace {

// Senders give up after 30 s, and should hear before that why.
constexpr absl::Duration kWriteTimeout = absl::Seconds(25);

// Returns a parameter of a media type, without quotes: `b` of `x/y; a="b"`.
std::string TypeParameter(std::string_view content_type, std::string_view name) {
  TakeUntil(&content_type, ';');
  while (!content_type.empty()) {
    std::string_view value = Trim(TakeUntil(&content_type, ';'));
    if (ToLower(Trim(TakeUntil(&value, '='))) != name) continue;
    value = Trim(value);
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) {
      value = value.substr(1, value.size() - 2);
    }
    return std::string(value);
  }
  return "";
}

// Returns a WriteSeriesRequest of that body. Written by hand, as the body would else be copied more
// than once.
grpc::ByteBuffer WriteSeriesMessage(std::string_view body) {
  using google::protobuf::internal::WireFormatLite;
  using google::protobuf::io::CodedOutputStream;
  std::uint8_t head[16];
  std::uint8_t* end = CodedOutputStream::WriteTagToArray(
      WireFormatLite::MakeTag(v1::WriteSeriesRequest::kSnappyWriteRequestFieldNumber,
                              WireFormatLite::WIRETYPE_LENGTH_DELIMITED),
      head);
  end = CodedOutputStream::WriteVarint64ToArray(body.size(), end);
  const grpc::Slice slices[] = {grpc::Slice(head, static_cast<std::size_t>(end - head)),
                                grpc::Slice(body.data(), body.size())};
  return {slices, std::size(slices)};
}

HttpResponse AnswerToWrite(const grpc::Status& status) {
  if (status.ok()) return {.status = 204};
  return PlainAnswer(BodyCallStatusOf(status.error_code()), status.error_message());
}

}  // namespace

bool IsPrometheusWritePath(std::string_view path) { return path == "/api/v1/write"; }

std::optional<HttpResponse> RefuseOtherWrites(const HttpRequest& request) {
  if (request.method != "POST") {
    HttpResponse refusal = PlainAnswer(405, "/api/v1/write takes POST");
    refusal.headers.emplace_back("allow", "POST");
    return refusal;
  }
  const std::string_view type = request.Header("content-type");
  const std::string proto = TypeParameter(type, "proto");
  if (MediaType(type) != "application/x-protobuf" ||
      (!proto.empty() && proto != "prometheus.WriteRequest")) {
    return PlainAnswer(415, absl::StrFormat("content of type '%s' is not taken; send remote write "
                                            "1.0, application/x-protobuf",
                                            ToUtf8(type.substr(0, 128))));
  }
  if (const std::string_view coding = request.Header("content-encoding");
      ToLower(coding) != "snappy") {
    return PlainAnswer(415, absl::StrFormat("content encoding '%s' is not taken; send snappy",
                                            ToUtf8(coding.substr(0, 128))));
  }
  if (const std::string_view version = request.Header("x-prometheus-remote-write-version");
      version.starts_with("2.")) {
    return PlainAnswer(415, absl::StrFormat("remote write %s is not taken; send 1.0",
                                            ToUtf8(version.substr(0, 128))));
  }
  return std::nullopt;
}

void AnswerPrometheusWrite(const std::shared_ptr<Exchange>& exchange, Upstream* upstream) {
  AnswerByCall(exchange, upstream,
               {.method = "/syspulse.v1.IngestService/WriteSeries",
                .timeout = kWriteTimeout,
                .pack = WriteSeriesMessage,
                .answer = [](const grpc::Status& status, const grpc::ByteBuffer&) {
                  return AnswerToWrite(status);
                }});
}

}  // namespace syspulse
