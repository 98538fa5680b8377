// Small frames and tables for the tests of the agent.
#ifndef TESTS_SERVICES_AGENT_FRAMES_H_
#define TESTS_SERVICES_AGENT_FRAMES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/model/frame.h"
#include "services/model/process_table.h"

namespace syspulse {

// Returns a schema of one gauge.
inline SchemaPtr GaugeSchema(const std::string& name) {
  return *Schema::Create({{.name = name, .type = MetricType::kGauge}}, {{.family = 0}});
}

// Returns a frame of host `web-1` at a second since the epoch.
inline FramePtr FrameAt(std::int64_t second, const SchemaPtr& schema = GaugeSchema("load"),
                        std::size_t values = 1) {
  return std::make_shared<const Frame>(Frame{.host = "web-1",
                                             .source = "system",
                                             .schema = schema,
                                             .time = absl::FromUnixSeconds(second),
                                             .values = std::vector<double>(values, 0.5)});
}

inline ProcessTablePtr TableOf(std::vector<Process> processes) {
  return std::make_shared<const ProcessTable>(ProcessTable{
      .host = "web-1", .time = absl::FromUnixSeconds(1), .processes = std::move(processes)});
}

}  // namespace syspulse

#endif  // TESTS_SERVICES_AGENT_FRAMES_H_
