// The values of one collector, for tests that look for one.
#ifndef TESTS_SERVICES_COLLECT_COLLECTED_VALUES_H_
#define TESTS_SERVICES_COLLECT_COLLECTED_VALUES_H_

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "services/collect/collector.h"
#include "tests/services/collect/values.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {

// Returns the values of a collector that succeeds, by keys such as `node_md_blocks{md0,}`.
inline std::map<std::string, double> CollectedValues(Collector* collector) {
  MetricWriter writer;
  EXPECT_THAT(collector->Collect(&writer), IsOk());
  const auto tick = writer.Finish();
  EXPECT_THAT(tick, IsOk());
  std::map<std::string, double> values;
  if (tick.ok()) AddValues(*tick->schema, tick->values, &values);
  return values;
}

}  // namespace syspulse

#endif  // TESTS_SERVICES_COLLECT_COLLECTED_VALUES_H_
