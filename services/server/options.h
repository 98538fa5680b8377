// The command line of syspulsed.
#ifndef SERVICES_SERVER_OPTIONS_H_
#define SERVICES_SERVER_OPTIONS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <variant>

#include "absl/time/time.h"
#include "services/base/options.h"

namespace syspulse {

struct ServerOptions {
  CommonOptions common;
  std::string grpc_listen = "127.0.0.1:50051";
  std::string exporter_listen = "127.0.0.1:9464";  // empty = off
  std::string data_dir;
  bool insecure = false;
  std::int64_t max_streams = 10'000;
  std::int64_t remote_write_max_series = 1'000'000;
  absl::Duration recent_duration = absl::Minutes(20);
  std::int64_t recent_bytes = 64 << 20;
  absl::Duration retention_time = absl::Hours(30 * 24);
  std::int64_t retention_bytes = std::int64_t{10} << 30;
};

// Returns the options, or the code to exit with after something was printed; `complain` as in
// CommonOptions.
std::variant<ServerOptions, int> ParseServerOptions(
    int argc, const char* const* argv, std::function<void(const std::string&)> complain = nullptr);

}  // namespace syspulse

#endif  // SERVICES_SERVER_OPTIONS_H_
