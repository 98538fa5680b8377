// What syspulse-gateway is told on its command line.
#ifndef WEB_GATEWAY_SERVER_OPTIONS_H_
#define WEB_GATEWAY_SERVER_OPTIONS_H_

#include <optional>
#include <string>
#include <vector>

#include "services/base/options.h"

namespace syspulse {

struct GatewayOptions {
  CommonOptions common;
  std::string http_listen = "127.0.0.1:8080";
  std::string server = "127.0.0.1:50051";
  std::string exporter_address = "127.0.0.1:9464";
  // The dashboard; `../dashboard` beside the program's own directory unless set.
  std::string static_dir;
  std::vector<std::string> allowed_hosts;
  std::vector<std::string> allowed_origins;
  // Listen beyond loopback without TLS and keys.
  bool insecure = false;
};

// Fills `options` from the command line and the environment. Returns the code to exit with, if the
// program should not go on.
std::optional<int> ParseGatewayOptions(int argc, const char* const* argv, GatewayOptions* options);

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_OPTIONS_H_
