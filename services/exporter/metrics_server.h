// An HTTP server for scrapers: answers GET with text, as gzip to who takes it, and nothing
// else.
//
// Its threads make pages; connections that wait take none (http_connection.h).
#ifndef SERVICES_EXPORTER_METRICS_SERVER_H_
#define SERVICES_EXPORTER_METRICS_SERVER_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace syspulse {

struct HttpAnswer {
  int status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body;
};

// Stops, and waits for the requests it is answering, when destroyed.
class MetricsServer {
 public:
  // Answers a path, which is decoded, with its query, which is not. Called by several threads at
  // once.
  using Handler = std::function<HttpAnswer(std::string_view path, std::string_view query)>;

  // Listens on `listen`, `host:port`, or `:port` for all addresses, of IPv6 too where there is any;
  // port 0 takes any that is free. So many pages as there are `threads` are made at once.
  // InvalidArgument if that is no address, AlreadyExists if the port is in use, and Unavailable if
  // it cannot be had for another reason; the sentence names `flag`, where the address came from.
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Create(const std::string& listen,
                                                               std::string_view flag, int threads,
                                                               Handler handler);
  ~MetricsServer();
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  // Returns the port that it listens on.
  int port() const { return port_; }

 private:
  class Loop;

  MetricsServer(std::unique_ptr<Loop> loop, int port);

  const std::unique_ptr<Loop> loop_;
  const int port_;
};

}  // namespace syspulse

#endif  // SERVICES_EXPORTER_METRICS_SERVER_H_
