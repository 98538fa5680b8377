// `/sd`: Prometheus' HTTP service discovery. Every host of ours is a target on the exporter.
//
//   scrape_configs:
//     - job_name: syspulse
//       http_sd_configs: [{url: http://127.0.0.1:8080/sd}]
//
// See https://prometheus.io/docs/prometheus/latest/http_sd/
#ifndef WEB_GATEWAY_SERVER_SERVICE_DISCOVERY_H_
#define WEB_GATEWAY_SERVER_SERVICE_DISCOVERY_H_

#include <memory>
#include <string>
#include <utility>

#include "syspulse/v1/host_service.pb.h"
#include "web-gateway/server/exchange.h"
#include "web-gateway/server/upstream.h"

namespace syspulse {

// Returns the targets of `hosts` as JSON, all at `exporter_address`.
std::string TargetsJson(const v1::ListHostsResponse& hosts, const std::string& exporter_address);

class ServiceDiscovery {
 public:
  // `exporter_address` is the exporter's `host:port` as Prometheus reaches it.
  explicit ServiceDiscovery(std::string exporter_address)
      : exporter_address_(std::move(exporter_address)) {}

  // Answers with the targets of every host, or with 503 where they cannot be had: Prometheus then
  // keeps the targets it has.
  void Answer(const std::shared_ptr<Exchange>& exchange, Upstream* upstream) const;

 private:
  const std::string exporter_address_;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_SERVICE_DISCOVERY_H_
