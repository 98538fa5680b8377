#include "web-gateway/server/health.h"

#include <google/protobuf/unknown_field_set.h>

#include <array>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "web-gateway/server/rpc_handler.h"
#include "web-gateway/server/rpc_status.h"

namespace syspulse {
namespace {

// A probe that waits longer has its answer.
constexpr absl::Duration kTimeout = absl::Seconds(2);

// grpc.health.v1.HealthCheckResponse.ServingStatus, by number.
constexpr std::array<std::string_view, 4> kStates = {"UNKNOWN", "SERVING", "NOT_SERVING",
                                                     "SERVICE_UNKNOWN"};

// Returns field 1 of a HealthCheckResponse.
std::string_view StateOf(const std::string& response) {
  google::protobuf::UnknownFieldSet fields;
  if (!fields.ParseFromString(response)) return kStates[0];
  std::uint64_t state = 0;
  for (int i = 0; i < fields.field_count(); ++i) {
    const auto& field = fields.field(i);
    if (field.number() == 1 && field.type() == google::protobuf::UnknownField::TYPE_VARINT) {
      state = field.varint();
    }
  }
  return kStates[state < kStates.size() ? state : 0];
}

class HealthProtocol final : public RpcProtocol {
 public:
  explicit HealthProtocol(std::string address) : address_(std::move(address)) {}

  absl::Status Decode(std::string_view, bool last, std::vector<std::string>* messages) override {
    if (last) messages->emplace_back();  // of the whole server
    return absl::OkStatus();
  }

  HttpResponse Answer(const RpcResult& result) override {
    std::string_view state = "UNREACHABLE";
    std::string sentence = result.status.error_message();
    if (result.status.ok()) {
      state = StateOf(*result.message);
      sentence = absl::StrFormat("syspulsed at %s is %s", address_,
                                 state == "SERVING" ? "serving" : "not serving");
    }
    HttpResponse response{.status = state == "SERVING" ? 200 : 503,
                          .headers = {{"content-type", "application/json"}}};
    response.body =
        absl::StrFormat("{\"status\":\"%s\",\"message\":%s}\n", state, JsonString(sentence));
    return response;
  }

  HttpResponse StreamHead(const Metadata&) override { return {}; }
  absl::StatusOr<std::string> StreamMessage(const std::string& message) override { return message; }
  std::string StreamEnd(const grpc::Status&, const Metadata&) override { return {}; }

 private:
  const std::string address_;
};

}  // namespace

void AnswerHealth(const std::shared_ptr<Exchange>& exchange, Upstream* upstream) {
  RpcHandler::Attach(exchange, upstream, RpcShape{},
                     {.method = "/grpc.health.v1.Health/Check", .timeout = kTimeout},
                     std::make_unique<HealthProtocol>(upstream->address()));
}

}  // namespace syspulse
