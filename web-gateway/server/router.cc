#include "web-gateway/server/router.h"

#include <optional>
#include <string>

#include "absl/strings/str_format.h"
#include "web-gateway/server/agent_report.h"
#include "web-gateway/server/base64.h"
#include "web-gateway/server/compression.h"
#include "web-gateway/server/connect_protocol.h"
#include "web-gateway/server/grpc_web.h"
#include "web-gateway/server/otlp_endpoint.h"
#include "web-gateway/server/percent_encoding.h"
#include "web-gateway/server/prometheus_api.h"
#include "web-gateway/server/prometheus_write.h"
#include "web-gateway/server/rest.h"
#include "web-gateway/server/rpc_status.h"

namespace syspulse {
namespace {

constexpr std::string_view kPushMetrics = "/syspulse.v1.IngestService/PushMetrics";

// `/package.Service/Method`: two segments, the first with a dot.
bool LooksLikeRpc(std::string_view path) {
  if (!path.starts_with('/')) return false;
  const std::size_t slash = path.find('/', 1);
  return slash != std::string_view::npos && path.find('/', slash + 1) == std::string_view::npos &&
         slash + 1 < path.size() && path.substr(0, slash).find('.') != std::string_view::npos;
}

// An rpc that the gateway has no description of passes as bytes, in whatever shape it has.
RpcShape ShapeOf(const RpcMethod* method) {
  if (method == nullptr) return {.single_request = false, .single_response = false};
  return {.single_request = !method->streams_requests(),
          .single_response = !method->streams_responses() && !method->streams_requests()};
}

absl::StatusOr<UpstreamRequest> RequestOf(const HttpRequest& request, std::string_view path) {
  auto metadata = ToMetadata(request.headers);
  if (!metadata.ok()) return metadata.status();
  UpstreamRequest upstream{.method = std::string(path), .metadata = std::move(*metadata)};
  // Some limits of the service are for each of its clients, of which the gateway is only one.
  if (!request.peer.empty()) upstream.metadata.emplace_back("x-forwarded-for", request.peer);
  absl::StatusOr<absl::Duration> timeout = absl::ZeroDuration();
  if (const auto text = request.Header("grpc-timeout"); !text.empty()) {
    timeout = ParseGrpcTimeout(text);
  } else if (const auto ms = request.Header("connect-timeout-ms"); !ms.empty()) {
    timeout = ParseConnectTimeout(ms);
  } else {
    return upstream;
  }
  if (!timeout.ok()) return timeout.status();
  upstream.timeout = *timeout;
  return upstream;
}

bool AcceptsGzip(const HttpRequest& request) {
  return ListsToken(request.Header("accept-encoding"), "gzip");
}

// Returns the request that a small agent's report is, nothing if the body is none.
std::optional<absl::StatusOr<std::string>> TranslateAgentReport(std::string_view body) {
  if (!LooksLikeAgentReport(body)) return std::nullopt;
  const auto request = ParseAgentReport(body);
  if (!request.ok()) return request.status();
  return request->SerializeAsString();
}

// A stream from the client needs a connection that carries both directions at once.
grpc::Status NeedsHttp2(const RpcMethod& method, const Upstream& upstream) {
  return grpc::Status(grpc::StatusCode::UNIMPLEMENTED,
                      absl::StrFormat("%s streams in both directions, which HTTP/1.1 cannot carry; "
                                      "use HTTP/2, or gRPC on %s",
                                      method.descriptor->full_name(), upstream.address()));
}

grpc::Status UnknownMethod(std::string_view path) {
  return grpc::Status(grpc::StatusCode::UNIMPLEMENTED,
                      absl::StrFormat("there is no rpc %s", path.substr(0, 256)));
}

}  // namespace

void Router::Route(const std::shared_ptr<Exchange>& exchange) {
  const HttpRequest& request = exchange->request();
  if (auto refusal = parts_.policy->Check(request)) {
    exchange->Respond(std::move(*refusal));
    return;
  }
  const std::string media_type = MediaType(request.Header("content-type"));
  if (request.method == "POST" && IsGrpcWeb(media_type)) {
    RouteGrpcWeb(exchange, media_type);
  } else if (request.method == "POST" && media_type.starts_with("application/connect+")) {
    RouteConnectStream(exchange, media_type.ends_with("json"));
  } else if (IsPrometheusWritePath(request.path)) {
    AnswerPrometheusWrite(exchange, parts_.upstream);
  } else if (IsOtlpPath(request.path)) {
    AnswerOtlp(exchange, parts_.upstream, parts_.pool, parts_.codec);
  } else if (IsPrometheusPath(request.path)) {
    AnswerPrometheus(exchange, parts_.upstream);
  } else if (auto match = parts_.routes->Match(request.method, request.path)) {
    RouteRest(exchange, std::move(*match));
  } else if (request.method == "POST" && LooksLikeRpc(request.path)) {
    RouteConnectUnary(exchange, media_type);
  } else if (request.method == "GET" && LooksLikeRpc(request.path) &&
             parts_.routes->FindMethod(request.path) != nullptr) {
    RouteConnectGet(exchange);
  } else if (!RoutePage(exchange)) {
    RouteRest404(exchange);
  }
}

void Router::RouteGrpcWeb(const std::shared_ptr<Exchange>& exchange, std::string_view media_type) {
  const HttpRequest& request = exchange->request();
  auto protocol = std::make_unique<GrpcWebProtocol>(media_type);
  const RpcMethod* method = parts_.routes->FindMethod(request.path);
  auto upstream = RequestOf(request, request.path);
  grpc::Status error = ToGrpcStatus(upstream.status());
  if (!LooksLikeRpc(request.path)) error = UnknownMethod(request.path);
  if (method != nullptr && method->streams_requests() && !exchange->full_duplex()) {
    error = NeedsHttp2(*method, *parts_.upstream);
  }
  if (!error.ok()) {
    exchange->Respond(protocol->Answer({.status = error}));
    return;
  }
  RpcHandler::Attach(exchange, parts_.upstream, ShapeOf(method), std::move(*upstream),
                     std::move(protocol));
}

void Router::RouteConnectStream(const std::shared_ptr<Exchange>& exchange, bool json) {
  const HttpRequest& request = exchange->request();
  const RpcMethod* method = parts_.routes->FindMethod(request.path);
  ConnectCodec codec;
  // The end of an error must be written as the client asked for, known rpc or not.
  if (json) codec.json = parts_.codec;
  if (method != nullptr) {
    codec.input = method->descriptor->input_type();
    codec.output = method->descriptor->output_type();
  }
  auto protocol = std::make_unique<ConnectStreamProtocol>(codec);
  auto upstream = RequestOf(request, request.path);
  grpc::Status error = ToGrpcStatus(upstream.status());
  if (!LooksLikeRpc(request.path) || (json && method == nullptr)) {
    error = UnknownMethod(request.path);
  } else if (method != nullptr && method->streams_requests() && !exchange->full_duplex()) {
    error = NeedsHttp2(*method, *parts_.upstream);
  } else if (method != nullptr && !method->streams_requests() && !method->streams_responses()) {
    exchange->Respond(PlainAnswer(
        415, absl::StrFormat("%s is not a stream; send application/json or application/proto",
                             method->descriptor->full_name())));
    return;
  }
  if (!error.ok()) {
    exchange->Respond(protocol->Answer({.status = error}));
    return;
  }
  RpcHandler::Attach(exchange, parts_.upstream, ShapeOf(method), std::move(*upstream),
                     std::move(protocol));
}

void Router::RouteConnectUnary(const std::shared_ptr<Exchange>& exchange,
                               std::string_view encoding) {
  const HttpRequest& request = exchange->request();
  const RpcMethod* method = parts_.routes->FindMethod(request.path);
  const bool json = encoding == "application/json";
  if (!json && encoding != "application/proto") {
    exchange->Respond(PlainAnswer(415, "an rpc takes application/json or application/proto"));
    return;
  }
  if (method == nullptr && json) {
    exchange->Respond(ConnectErrorAnswer(UnknownMethod(request.path)));
    return;
  }
  if (method != nullptr && method->streams_requests()) {
    exchange->Respond(ConnectErrorAnswer(NeedsHttp2(*method, *parts_.upstream)));
    return;
  }
  if (method != nullptr && method->streams_responses()) {
    exchange->Respond(
        PlainAnswer(415, absl::StrFormat("%s is a stream; send application/connect+json or "
                                         "application/connect+proto",
                                         method->descriptor->full_name())));
    return;
  }
  auto upstream = RequestOf(request, request.path);
  if (const auto coding = request.Header("content-encoding");
      upstream.ok() && !coding.empty() && coding != "identity") {
    upstream = absl::UnimplementedError("compressed requests are not taken; send them as they are");
  }
  if (!upstream.ok()) {
    exchange->Respond(ConnectErrorAnswer(ToGrpcStatus(upstream.status())));
    return;
  }
  ConnectCodec codec;
  if (json) {
    codec = {parts_.codec, method->descriptor->input_type(), method->descriptor->output_type()};
  }
  RpcHandler::Attach(
      exchange, parts_.upstream, RpcShape{}, std::move(*upstream),
      std::make_unique<ConnectUnaryProtocol>(codec, std::nullopt, AcceptsGzip(request)));
}

void Router::RouteConnectGet(const std::shared_ptr<Exchange>& exchange) {
  const HttpRequest& request = exchange->request();
  const RpcMethod& method = *parts_.routes->FindMethod(request.path);
  if (!method.no_side_effects || method.streams_responses()) {
    HttpResponse refusal = PlainAnswer(
        405, absl::StrFormat("%s cannot be called by GET", method.descriptor->full_name()));
    refusal.headers.emplace_back("allow", "POST");
    exchange->Respond(std::move(refusal));
    return;
  }
  auto upstream = RequestOf(request, request.path);
  const auto parameters = ParseQuery(request.query);
  if (!parameters) upstream = absl::InvalidArgumentError("the query is not encoded correctly");
  std::string encoding;
  std::optional<std::string> message;
  bool base64 = false;
  for (const auto& [name, value] : parameters.value_or(decltype(parameters)::value_type())) {
    if (name == "encoding") encoding = value;
    if (name == "message") message = value;
    if (name == "base64") base64 = value == "1";
    if (name == "compression" && !value.empty() && value != "identity") {
      upstream = absl::UnimplementedError("compressed messages are not taken");
    }
  }
  if (upstream.ok() && (!message || (encoding != "json" && encoding != "proto"))) {
    upstream = absl::InvalidArgumentError(
        "a GET needs the parameters encoding=json or encoding=proto, and message");
  }
  if (upstream.ok() && base64) {
    message = DecodeBase64(*message);
    if (!message) upstream = absl::InvalidArgumentError("parameter 'message' is not base64");
  }
  if (!upstream.ok()) {
    exchange->Respond(ConnectErrorAnswer(ToGrpcStatus(upstream.status())));
    return;
  }
  ConnectCodec codec;
  if (encoding == "json") {
    codec = {parts_.codec, method.descriptor->input_type(), method.descriptor->output_type()};
  }
  RpcHandler::Attach(exchange, parts_.upstream, RpcShape{}, std::move(*upstream),
                     std::make_unique<ConnectUnaryProtocol>(codec, message, AcceptsGzip(request)));
}

void Router::RouteRest(const std::shared_ptr<Exchange>& exchange, RestMatch match) {
  const HttpRequest& request = exchange->request();
  const RpcMethod& method = *match.route->method;
  auto upstream = RequestOf(request, method.path);
  grpc::Status error = ToGrpcStatus(upstream.status());
  if (method.streams_requests()) error = NeedsHttp2(method, *parts_.upstream);
  if (!error.ok()) {
    exchange->Respond(RestErrorAnswer(error, parts_.codec, parts_.pool));
    return;
  }
  if (auto refusal = RefuseOtherCoding(request)) {
    exchange->Respond(*std::move(refusal));
    return;
  }
  const RestProtocol::Settings settings{
      .codec = parts_.codec,
      .builder = parts_.builder,
      .pool = parts_.pool,
      .gzip = AcceptsGzip(request),
      .gzip_body = HasGzipBody(request),
      .events = ListsToken(request.Header("accept"), "text/event-stream"),
      .translate = method.path == kPushMetrics ? TranslateAgentReport : nullptr};
  RpcHandler::Attach(exchange, parts_.upstream, ShapeOf(&method), std::move(*upstream),
                     std::make_unique<RestProtocol>(settings, std::move(match), request.query));
}

bool Router::RoutePage(const std::shared_ptr<Exchange>& exchange) {
  const HttpRequest& request = exchange->request();
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (reads && request.path == "/healthz") {
    AnswerHealth(exchange, parts_.upstream);
  } else if (reads && request.path == "/sd") {
    parts_.discovery->Answer(exchange, parts_.upstream);
  } else if (auto page = files_->Find(request)) {
    exchange->Respond(std::move(*page));
  } else {
    return false;
  }
  return true;
}

void Router::RouteRest404(const std::shared_ptr<Exchange>& exchange) {
  const HttpRequest& request = exchange->request();
  if (const std::string verbs = parts_.routes->AllowedVerbs(request.path); !verbs.empty()) {
    HttpResponse refusal = PlainAnswer(
        405, absl::StrFormat("%s does not take %s; it takes %s", request.path.substr(0, 256),
                             request.method.substr(0, 32), verbs));
    refusal.headers.emplace_back("allow", verbs);
    exchange->Respond(std::move(refusal));
    return;
  }
  const std::string sentence =
      absl::StrFormat("there is nothing at %s", request.path.substr(0, 256));
  if (request.path.starts_with("/api/")) {
    exchange->Respond(
        RestErrorAnswer(grpc::Status(grpc::StatusCode::NOT_FOUND, sentence), nullptr, nullptr));
  } else {
    exchange->Respond(PlainAnswer(404, sentence));
  }
}

}  // namespace syspulse
