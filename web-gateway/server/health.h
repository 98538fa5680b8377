// `/healthz`: whether the service behind the gateway is serving, as its gRPC health says.
#ifndef WEB_GATEWAY_SERVER_HEALTH_H_
#define WEB_GATEWAY_SERVER_HEALTH_H_

#include <memory>

#include "web-gateway/server/exchange.h"
#include "web-gateway/server/upstream.h"

namespace syspulse {

// Answers 200 if grpc.health.v1 says SERVING, else 503, as `{"status":"SERVING","message":"…"}`.
void AnswerHealth(const std::shared_ptr<Exchange>& exchange, Upstream* upstream);

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_HEALTH_H_
