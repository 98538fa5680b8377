// What one collector says by itself, in Prometheus' text format.
#ifndef TESTS_SERVICES_COLLECT_COLLECTED_H_
#define TESTS_SERVICES_COLLECT_COLLECTED_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/metric_writer.h"
#include "services/model/frame.h"
#include "tests/services/collect/exposition.h"

namespace syspulse {

struct Collected {
  absl::Status status;
  std::string text;  // families and series in their order by name
};

inline Collected CollectOnce(Collector* collector) {
  MetricWriter writer;
  Collected collected{.status = collector->Collect(&writer)};
  absl::StatusOr<Tick> tick = writer.Finish();
  if (!tick.ok()) return {.status = tick.status()};
  collected.text = Exposition({std::make_shared<const Frame>(
      Frame{.schema = std::move(tick->schema), .values = std::move(tick->values)})});
  return collected;
}

}  // namespace syspulse

#endif  // TESTS_SERVICES_COLLECT_COLLECTED_H_
