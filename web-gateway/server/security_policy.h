// Who may talk to the gateway from a browser, and what browsers are told about its answers.
//
// A server on loopback is within reach of every page that its user opens. Three rules keep foreign
// pages out: the Host header must be a name of ours (a page cannot rebind its own name to us), the
// Origin must be the page's own server, and bodies must be of a type that a form cannot send, but
// where Prometheus' API, which changes nothing, takes forms.
#ifndef WEB_GATEWAY_SERVER_SECURITY_POLICY_H_
#define WEB_GATEWAY_SERVER_SECURITY_POLICY_H_

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "web-gateway/server/http_message.h"

namespace syspulse {

// Returns the host of `host:port`, in lower case and without brackets.
std::string HostOf(std::string_view authority);

// Whether a host is this machine's own: localhost, 127.0.0.0/8, ::1.
bool IsLoopback(std::string_view host);

// Immutable; thread-safe.
class SecurityPolicy {
 public:
  // Besides loopback, `listen_host` and `allowed_hosts` are names of ours. `allowed_origins` are
  // served across origins, `https://example.org`.
  SecurityPolicy(std::string_view listen_host, const std::vector<std::string>& allowed_hosts,
                 const std::vector<std::string>& allowed_origins);

  // Returns the answer to a request that must not go on, or to a preflight; nothing if all is well.
  std::optional<HttpResponse> Check(const HttpRequest& request) const;

  // Adds what every answer carries.
  void Decorate(const HttpRequest& request, HttpResponse* response) const;

 private:
  bool IsOurHost(std::string_view authority) const;
  bool IsAllowedOrigin(std::string_view origin) const;

  std::set<std::string, std::less<>> hosts_;
  std::set<std::string, std::less<>> origins_;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_SECURITY_POLICY_H_
