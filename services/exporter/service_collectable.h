// The service's own metrics: what it is, what it uses, what it does, and whom it hears from.
#ifndef SERVICES_EXPORTER_SERVICE_COLLECTABLE_H_
#define SERVICES_EXPORTER_SERVICE_COLLECTABLE_H_

#include <vector>

#include "prometheus/collectable.h"
#include "prometheus/metric_family.h"
#include "services/collect/procfs.h"
#include "services/exporter/service_metrics.h"
#include "services/hub/hub.h"

namespace syspulse {

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
