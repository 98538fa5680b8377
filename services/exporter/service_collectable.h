// The service's own metrics: what it is, what it uses, what it does, and whom it hears from.
#ifndef SERVICES_EXPORTER_SERVICE_COLLECTABLE_H_
#define SERVICES_EXPORTER_SERVICE_COLLECTABLE_H_

#include <functional>
#include <utility>
#include <vector>

#include "prometheus/collectable.h"
#include "prometheus/metric_family.h"
#include "services/collect/procfs.h"
#include "services/exporter/service_metrics.h"
#include "services/hub/hub.h"
#include "services/store/store_stats.h"

namespace syspulse {

// What the service's metrics are made of. All that is pointed to must outlive who gets this.
struct ServiceParts {
  const Hub* hub;
  const ServiceMetrics* metrics;
  const ProcFs* procfs;
  std::function<StoreStats()> store;  // null: nothing is kept
};

// Thread-safe.
class ServiceCollectable final : public prometheus::Collectable {
 public:
  explicit ServiceCollectable(ServiceParts parts) : parts_(std::move(parts)) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const ServiceParts parts_;
};

}  // namespace syspulse

#endif  // SERVICES_EXPORTER_SERVICE_COLLECTABLE_H_
