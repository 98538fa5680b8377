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

#include "absl/status/statusor.h"
#include "services/collect/procfs.h"
#include "services/exporter/metrics_server.h"
#include "services/exporter/service_collectable.h"
#include "services/exporter/service_metrics.h"
#include "services/hub/hub.h"

namespace syspulse {

// Answers the paths above from what the hub has now. Thread-safe.
class ExporterPages {
 public:
  // All three must outlive this.
  ExporterPages(const Hub* hub, const ServiceMetrics* metrics, const ProcFs* procfs)
      : hub_(hub), service_(hub, metrics, procfs) {}

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
  // Listens on `listen`, `host:port`; errors as MetricsServer's, naming --exporter-listen. The
  // three must outlive the exporter.
  static absl::StatusOr<std::unique_ptr<Exporter>> Create(const std::string& listen, const Hub* hub,
                                                          const ServiceMetrics* metrics,
                                                          const ProcFs* procfs);

  int port() const { return server_->port(); }

 private:
  Exporter(const Hub* hub, const ServiceMetrics* metrics, const ProcFs* procfs)
      : pages_(hub, metrics, procfs) {}

  ExporterPages pages_;
  std::unique_ptr<MetricsServer> server_;  // stops before the pages go
};

}  // namespace syspulse

#endif  // SERVICES_EXPORTER_EXPORTER_H_
