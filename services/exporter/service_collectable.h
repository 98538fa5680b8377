// The service's own metrics: what it is, what it uses, what it does, and whom it hears from.
#ifndef SERVICES_EXPORTER_SERVICE_COLLECTABLE_H_
#define SERVICES_EXPORTER_SERVICE_COLLECTABLE_H_

#include <map>
#include <string>
#include <vector>

#include "prometheus/collectable.h"
#include "prometheus/metric_family.h"
#include "services/collect/procfs.h"
#include "services/exporter/service_metrics.h"
#include "services/hub/hub.h"
#include "services/model/host.h"

namespace syspulse {

// Returns the value of the label `instance` of each host, by id: its hostname, or, where several
// hosts share that, `{hostname}/{id}`. No two are the same.
std::map<std::string, std::string> InstancesOf(const std::vector<HostPtr>& hosts);

// Thread-safe.
class ServiceCollectable final : public prometheus::Collectable {
 public:
  // All three must outlive this.
  ServiceCollectable(const Hub* hub, const ServiceMetrics* metrics, const ProcFs* procfs)
      : hub_(hub), metrics_(metrics), procfs_(procfs) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const Hub* const hub_;
  const ServiceMetrics* const metrics_;
  const ProcFs* const procfs_;
};

}  // namespace syspulse

#endif  // SERVICES_EXPORTER_SERVICE_COLLECTABLE_H_
