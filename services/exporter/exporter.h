// What Prometheus scrapes of the service.
//
//   /metrics                 the service's own metrics, and the latest of every host that is
//                            heard from, with the label `instance`
//   /hosts/{host}/metrics    the latest of one host, as its own node_exporter would say it: for
//                            large fleets, where each host is a target
//   /healthz                 `ok`
//
// The series of a host that is not heard from vanish: its last values would be lies. That it is
// down is said by syspulse_host_up, and by the status of its own page.
#ifndef SERVICES_EXPORTER_EXPORTER_H_
#define SERVICES_EXPORTER_EXPORTER_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "services/exporter/metrics_server.h"
#include "services/exporter/service_collectable.h"
#include "services/hub/hub.h"

namespace syspulse {

// Answers the paths above from what the hub has now. Thread-safe.
class ExporterPages {
 public:
  explicit ExporterPages(ServiceParts parts) : hub_(parts.hub), service_(std::move(parts)) {}

  HttpAnswer Answer(std::string_view path) const;

 private:
  HttpAnswer AnswerFleet() const;
  HttpAnswer AnswerHost(std::string_view name) const;

  const Hub* const hub_;
  const ServiceCollectable service_;
};

// The pages with their HTTP server. Stops when destroyed.
class Exporter {
 public:
  // Listens on `listen`, `host:port`; errors as MetricsServer's, naming --exporter-listen.
  static absl::StatusOr<std::unique_ptr<Exporter>> Create(const std::string& listen,
                                                          ServiceParts parts);

  int port() const { return server_->port(); }

 private:
  explicit Exporter(ServiceParts parts) : pages_(std::move(parts)) {}

  ExporterPages pages_;
  std::unique_ptr<MetricsServer> server_;  // stops before the pages go
};

}  // namespace syspulse

#endif  // SERVICES_EXPORTER_EXPORTER_H_
