#include "web-gateway/server/security_policy.h"

#include <arpa/inet.h>

#include "absl/strings/str_format.h"
#include "services/base/text.h"
#include "web-gateway/server/grpc_web.h"
#include "web-gateway/server/otlp_endpoint.h"
#include "web-gateway/server/prometheus_api.h"
#include "web-gateway/server/prometheus_write.h"

namespace syspulse {
namespace {

constexpr const char* kContentSecurityPolicy =
    "default-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

constexpr const char* kCorsRequestHeaders =
    "authorization,connect-protocol-version,connect-timeout-ms,content-type,grpc-timeout,"
    "x-grpc-web,x-user-agent";
constexpr const char* kCorsAnswerHeaders =
    "grpc-status,grpc-message,grpc-status-details-bin,content-encoding";
constexpr const char* kCorsMaxAgeSeconds = "7200";  // Chromium keeps no preflight for longer

bool TakesBody(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

bool IsKnownBodyType(std::string_view type) {
  return type == "application/json" || type == "application/proto" ||
         type == "application/connect+json" || type == "application/connect+proto" ||
         IsGrpcWeb(type);
}

// Returns whether nothing but a port follows the host; RFC 3986, section 3.2.3.
bool EndsInPort(std::string_view authority) {
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return false;
  const std::size_t colon = authority.find(':', bracket);
  const std::string_view between = authority.substr(bracket, colon - bracket);
  if (bracket > 0 && between != "]") return false;
  return colon == std::string_view::npos ||
         authority.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
}

bool HasBody(const HttpRequest& request) {
  const std::string_view length = request.Header("content-length");
  return !request.Header("transfer-encoding").empty() || (!length.empty() && length != "0");
}

// Returns the answer to a body of a type that nothing here takes. A browser sends forms and plain
// text wherever a page tells it to, without asking first.
std::optional<HttpResponse> RefuseBody(const HttpRequest& request) {
  const std::string type = MediaType(request.Header("content-type"));
  if (!TakesBody(request.method) || (!HasBody(request) && type.empty())) return std::nullopt;
  if (TakesPrometheusForm(request.path)) {
    // Without a body the parameters are in the URL, whatever type it would have had.
    if (type == kFormType || (IsKnownBodyType(type) && !HasBody(request))) return std::nullopt;
    return PlainAnswer(415, absl::StrFormat("bodies of type '%s' are not taken here; send the "
                                            "parameters as %s, or in the URL",
                                            type.substr(0, 128), kFormType));
  }
  if (IsKnownBodyType(type)) return std::nullopt;
  return PlainAnswer(415,
                     absl::StrFormat("bodies of type '%s' are not taken; send application/json, "
                                     "application/proto, application/connect+json, "
                                     "application/connect+proto or application/grpc-web",
                                     type.substr(0, 128)));
}

}  // namespace

std::string HostOf(std::string_view authority) {
  if (authority.starts_with('[')) {
    return ToLower(authority.substr(1, authority.find(']') == std::string_view::npos
                                           ? std::string_view::npos
                                           : authority.find(']') - 1));
  }
  return ToLower(TakeUntil(&authority, ':'));
}

bool IsLoopback(std::string_view host) {
  const std::string text(host);
  in_addr v4{};
  in6_addr v6{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  if (inet_pton(AF_INET6, text.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
  return host == "localhost" || host.ends_with(".localhost");
}

SecurityPolicy::SecurityPolicy(std::string_view listen_host,
                               const std::vector<std::string>& allowed_hosts,
                               const std::vector<std::string>& allowed_origins)
    : origins_(allowed_origins.begin(), allowed_origins.end()) {
  hosts_.insert(ToLower(listen_host));
  for (const std::string& host : allowed_hosts) hosts_.insert(ToLower(host));
}

bool SecurityPolicy::IsOurHost(std::string_view authority) const {
  if (!EndsInPort(authority)) return false;
  const std::string host = HostOf(authority);
  return IsLoopback(host) || hosts_.contains(host) || hosts_.contains(ToLower(authority));
}

bool SecurityPolicy::IsAllowedOrigin(std::string_view origin) const {
  return origins_.contains(origin);
}

std::optional<HttpResponse> SecurityPolicy::Check(const HttpRequest& request) const {
  if (!IsOurHost(request.authority)) {
    return PlainAnswer(421, absl::StrFormat("'%s' is not a name of this server; start it with "
                                            "--allow-host to serve that name",
                                            request.authority.substr(0, 128)));
  }
  const std::string_view origin = request.Header("origin");
  const bool same_origin = origin.empty() || origin == "http://" + request.authority ||
                           origin == "https://" + request.authority;
  if (!same_origin && !IsAllowedOrigin(origin)) {
    return PlainAnswer(403, absl::StrFormat("pages of '%s' may not use this server; start it with "
                                            "--allow-origin to let them",
                                            origin.substr(0, 128)));
  }
  if (request.method == "OPTIONS" && !origin.empty() &&
      !request.Header("access-control-request-method").empty()) {
    return HttpResponse{
        .status = 204,
        .headers = {{"access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE"},
                    {"access-control-allow-headers", kCorsRequestHeaders},
                    {"access-control-max-age", kCorsMaxAgeSeconds}}};
  }
  if (IsPrometheusWritePath(request.path)) return RefuseOtherWrites(request);
  if (IsOtlpPath(request.path)) return RefuseOtherOtlp(request);
  return RefuseBody(request);
}

void SecurityPolicy::Decorate(const HttpRequest& request, HttpResponse* response) const {
  HeaderList& headers = response->headers;
  headers.emplace_back("content-security-policy", kContentSecurityPolicy);
  headers.emplace_back("x-content-type-options", "nosniff");
  headers.emplace_back("x-frame-options", "DENY");
  headers.emplace_back("referrer-policy", "no-referrer");
  headers.emplace_back("cross-origin-opener-policy", "same-origin");
  const std::string_view origin = request.Header("origin");
  if (!origin.empty() && IsAllowedOrigin(origin)) {
    headers.emplace_back("access-control-allow-origin", std::string(origin));
    headers.emplace_back("access-control-allow-credentials", "true");
    headers.emplace_back("access-control-expose-headers", kCorsAnswerHeaders);
    headers.emplace_back("cross-origin-resource-policy", "cross-origin");
  } else {
    headers.emplace_back("cross-origin-resource-policy", "same-origin");
  }
  if (!origins_.empty()) headers.emplace_back("vary", "origin");
  if (FindHeader(headers, "cache-control").empty()) {
    headers.emplace_back("cache-control", "no-store");
  }
}

}  // namespace syspulse
