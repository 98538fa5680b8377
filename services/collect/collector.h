// One group of metrics and how to read it.
//
// Each collector has its own files and the same three parts: it reads (through ProcFs), parses (a
// pure function over the text, which is what the tests try hardest to break) and publishes. It
// publishes after everything was parsed, so a failure leaves nothing half said.
//
// Metrics, labels, types and help are those of node_exporter
// (https://github.com/prometheus/node_exporter): dashboards and alerts that people own know them.
#ifndef SERVICES_COLLECT_COLLECTOR_H_
#define SERVICES_COLLECT_COLLECTOR_H_

#include <string_view>

#include "absl/status/status.h"
#include "services/collect/metric_writer.h"

namespace syspulse {

// Confined to one thread.
class Collector {
 public:
  virtual ~Collector() = default;

  // Value of the label `collector`; a constant.
  virtual std::string_view name() const = 0;

  // Reads and adds all series. NotFound if the kernel does not have what it reads, DataLoss if it
  // cannot be parsed.
  virtual absl::Status Collect(MetricWriter* writer) = 0;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_COLLECTOR_H_
