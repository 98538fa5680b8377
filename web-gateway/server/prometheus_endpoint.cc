#include "web-gateway/server/prometheus_endpoint.h"

#include "web-gateway/server/rpc_status.h"

namespace syspulse {

PrometheusError PrometheusEndpoint::Explain(const grpc::Status& status) const {
  const std::string text = status.error_message();
  switch (status.error_code()) {
    case grpc::StatusCode::INVALID_ARGUMENT:
      return {.text = text};
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      if (text.find("message larger than max") != std::string::npos) {
        return {422, "execution",
                "the answer is too large; ask for fewer series, less time or a larger step"};
      }
      // That passes, where any other limit is the query's own.
      if (text.find("queries wait already") != std::string::npos) {
        return {503, "unavailable", text};
      }
      return {422, "execution", text};
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::OUT_OF_RANGE:
      return {422, "execution", text};
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return {503, "timeout", text};
    case grpc::StatusCode::CANCELLED:
      return {499, "canceled", text};
    case grpc::StatusCode::NOT_FOUND:
      return {404, "not_found", text};
    case grpc::StatusCode::UNAVAILABLE:
      return {503, "unavailable", text};
    default:
      return {HttpStatusOf(status.error_code()), "internal", text};
  }
}

PrometheusError BadData(const absl::Status& status) {
  return {.text = std::string(status.message())};
}

PrometheusBody WholeBody(std::string_view data) {
  return {.head = "{\"status\":\"success\",\"data\":" + std::string(data) + "}"};
}

}  // namespace syspulse
