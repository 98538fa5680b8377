#include "web-gateway/server/prometheus_api.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_format.h"
#include "web-gateway/server/compression.h"
#include "web-gateway/server/limits.h"
#include "web-gateway/server/metadata.h"
#include "web-gateway/server/percent_encoding.h"
#include "web-gateway/server/prometheus_endpoint.h"
#include "web-gateway/server/rpc_status.h"
#include "web-gateway/server/unary_call.h"

namespace syspulse {
namespace {

// A longer answer is sent in pieces of about this size, and a bit more: what is longer than that is
// as long as it is.
constexpr std::size_t kPieceBytes = 64 << 10;
constexpr std::size_t kPieceRoom = kPieceBytes + (16 << 10);

struct PrometheusRoute {
  std::string_view path;
  bool takes_post;
  std::unique_ptr<PrometheusEndpoint> (*make)();
};

constexpr std::array kPrometheusRoutes = {
    PrometheusRoute{"/api/v1/query", true, &NewInstantQueryEndpoint},
    PrometheusRoute{"/api/v1/query_range", true, &NewRangeQueryEndpoint},
    PrometheusRoute{"/api/v1/query_exemplars", true, &NewExemplarsEndpoint},
    PrometheusRoute{"/api/v1/series", true, &NewSeriesEndpoint},
    PrometheusRoute{"/api/v1/labels", true, &NewLabelsEndpoint},
    PrometheusRoute{"/api/v1/metadata", false, &NewMetadataEndpoint},
    PrometheusRoute{"/api/v1/status/buildinfo", false, &NewBuildInfoEndpoint},
    PrometheusRoute{"/api/v1/rules", false, &NewRulesEndpoint},
    PrometheusRoute{"/api/v1/alerts", false, &NewAlertsEndpoint},
};

const PrometheusRoute* FindRoute(std::string_view path) {
  const auto* const found = std::ranges::find(kPrometheusRoutes, path, &PrometheusRoute::path);
  return found == kPrometheusRoutes.end() ? nullptr : found;
}

// Returns the name in `/api/v1/label/<name>/values`, as it stands there.
std::optional<std::string_view> LabelOf(std::string_view path) {
  constexpr std::string_view kBefore = "/api/v1/label/";
  constexpr std::string_view kBehind = "/values";
  if (!path.starts_with(kBefore) || !path.ends_with(kBehind) ||
      path.size() <= kBefore.size() + kBehind.size()) {
    return std::nullopt;
  }
  path.remove_prefix(kBefore.size());
  path.remove_suffix(kBehind.size());
  if (path.find('/') != std::string_view::npos) return std::nullopt;
  return path;
}

std::unique_ptr<PrometheusEndpoint> NewEndpoint(std::string_view path) {
  if (const PrometheusRoute* const route = FindRoute(path)) return route->make();
  const std::string name(LabelOf(path).value_or(""));
  return NewLabelValuesEndpoint(PercentDecode(name).value_or(name));
}

// Asks the service as the endpoint says, then sends what it makes of the answers.
class PrometheusHandler final : public ExchangeHandler,
                                public std::enable_shared_from_this<PrometheusHandler> {
 public:
  PrometheusHandler(std::shared_ptr<Exchange> exchange, Upstream* upstream,
                    std::unique_ptr<PrometheusEndpoint> endpoint, Metadata metadata)
      : exchange_(std::move(exchange)),
        upstream_(upstream),
        endpoint_(std::move(endpoint)),
        metadata_(std::move(metadata)) {}
  ~PrometheusHandler() override { Cancel(); }

  void OnBody(std::string_view bytes, bool last) override {
    const auto self = shared_from_this();
    if (begun_) return;
    form_.append(bytes);
    if (form_.size() > kMaxBodyBytes) {
      begun_ = true;
      Send(PrometheusErrorAnswer({413, "bad_data", "the form is too long"}));
    } else if (last) {
      begun_ = true;
      const HttpRequest& request = exchange_->request();
      const bool is_form = MediaType(request.Header("content-type")) == kFormType;
      Do(endpoint_->Begin(PrometheusParameters(request.query, is_form ? form_ : "")));
      form_ = {};
    }
  }

  void OnNoRoom() override {
    const auto self = shared_from_this();
    begun_ = true;
    form_ = {};
    HttpResponse answer = PrometheusErrorAnswer({503, "unavailable", std::string(kNoRoomForBody)});
    answer.headers.emplace_back("retry-after", kNoRoomRetrySeconds);
    Send(std::move(answer));
  }

  void OnGone() override { Cancel(); }

 private:
  static constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

  void Do(PrometheusStep step) {
    if (const auto* const call = std::get_if<PrometheusCall>(&step)) {
      Ask(*call);
    } else if (const auto* const error = std::get_if<PrometheusError>(&step)) {
      Send(PrometheusErrorAnswer(*error));
    } else {
      body_ = std::get<PrometheusBody>(std::move(step));
      if (body_.count > 0) piece_.reserve(kPieceRoom);
      piece_ += body_.head;
      SendBody();
    }
  }

  void Ask(const PrometheusCall& call) {
    const grpc::Slice message(call.request);
    call_ = UnaryCall::Start(
        upstream_, {.method = call.method, .metadata = metadata_, .timeout = call.timeout},
        grpc::ByteBuffer(&message, 1), exchange_->body_share()->Split(call.request.size()),
        [this](const grpc::Status& status, const grpc::ByteBuffer& answer) {
          const auto self = shared_from_this();
          call_.reset();
          TakeAnswer(status, answer);
        });
  }

  void TakeAnswer(const grpc::Status& status, const grpc::ByteBuffer& answer) {
    grpc::Slice message;
    if (upstream_->is_stopping()) {
      Do(PrometheusError{503, "unavailable", "the gateway is stopping; try again"});
    } else if (!status.ok()) {
      Do(endpoint_->Explain(status));
    } else if (!answer.DumpToSingleSlice(&message).ok()) {
      Do(PrometheusError{500, "internal", "the service sent no answer"});
    } else {
      Do(endpoint_->Take({reinterpret_cast<const char*>(message.begin()), message.size()}));
    }
  }

  // Appends to `piece_` until it is large enough; returns whether that was all.
  bool FillPiece() {
    while (piece_.size() < kPieceBytes) {
      if (index_ == body_.count) {
        piece_ += body_.tail;
        return true;
      }
      body_.append(index_++, &piece_);
    }
    return false;
  }

  void SendBody() {
    HttpResponse response{.headers = {{"content-type", "application/json"}}};
    if (FillPiece()) {
      response.body = std::move(piece_);
      Send(std::move(response));
      return;
    }
    if (WantsGzip()) {
      response.headers.emplace_back("vary", "accept-encoding");
      gzip_ = GzipStream::Create();
      if (gzip_) response.headers.emplace_back("content-encoding", "gzip");
    }
    exchange_->StartStream(std::move(response));
    SendPiece(/*last=*/false);
  }

  // Sends `piece_`, and what follows it once the client has taken that.
  void SendPiece(bool last) {
    std::string bytes = std::exchange(piece_, {});
    piece_.reserve(kPieceRoom);
    if (gzip_) bytes = gzip_->Add(bytes, last);
    exchange_->Write(std::move(bytes), [weak = weak_from_this(), last] {
      const auto self = weak.lock();
      if (!self) return;
      if (last) {
        self->exchange_->End();
      } else {
        self->SendPiece(self->FillPiece());
      }
    });
  }

  bool WantsGzip() const {
    return ListsToken(exchange_->request().Header("accept-encoding"), "gzip");
  }

  void Send(HttpResponse response) {
    if (WantsGzip()) GzipBody(&response);
    exchange_->Respond(std::move(response));
  }

  void Cancel() {
    if (call_) call_->Cancel();
    call_.reset();
  }

  const std::shared_ptr<Exchange> exchange_;
  Upstream* const upstream_;
  const std::unique_ptr<PrometheusEndpoint> endpoint_;
  const Metadata metadata_;
  std::shared_ptr<UnaryCall> call_;
  // The request's body so far.
  std::string form_;
  // The request is complete, or too long.
  bool begun_ = false;

  // What is sent, how much of it is in pieces already, and the piece that is being made.
  PrometheusBody body_;
  std::size_t index_ = 0;
  std::string piece_;
  std::unique_ptr<GzipStream> gzip_;
};

}  // namespace

bool IsPrometheusPath(std::string_view path) {
  return FindRoute(path) != nullptr || LabelOf(path).has_value();
}

bool TakesPrometheusForm(std::string_view path) {
  const PrometheusRoute* const route = FindRoute(path);
  return route != nullptr && route->takes_post;
}

void AnswerPrometheus(const std::shared_ptr<Exchange>& exchange, Upstream* upstream) {
  const HttpRequest& request = exchange->request();
  if (request.method == "OPTIONS") {
    exchange->Respond({.status = 204});
    return;
  }
  const bool takes_post = TakesPrometheusForm(request.path);
  if (request.method != "GET" && !(request.method == "POST" && takes_post)) {
    const std::string verbs = takes_post ? "GET, OPTIONS, POST" : "GET, OPTIONS";
    HttpResponse refusal = PlainAnswer(
        405, absl::StrFormat("%s does not take %s; it takes %s", request.path.substr(0, 256),
                             request.method.substr(0, 32), verbs));
    refusal.headers.emplace_back("allow", verbs);
    exchange->Respond(std::move(refusal));
    return;
  }
  auto metadata = ToMetadata(request.headers);
  if (!metadata.ok()) {
    exchange->Respond(PrometheusErrorAnswer(BadData(metadata.status())));
    return;
  }
  exchange->set_handler(std::make_shared<PrometheusHandler>(
      exchange, upstream, NewEndpoint(request.path), std::move(*metadata)));
}

}  // namespace syspulse
