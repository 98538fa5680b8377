// The plain JSON that small agents send, as a PushMetricsRequest.
//
//   {"agent_id": "web-1", "agent_name": "Web 1", "timestamp": "2026-01-02T03:04:05",
//    "system": {"cpu_percent": 12.5, "memory": {"total": 8e9, …}, "disk": {…}},
//    "network": [{"interface": "eth0", "bytes_sent": 1, …}]}
//
// Numbers that mean what one of node_exporter's metrics means get its name. All others become
// gauges that are called by their place, `custom_system_cpu_percent`; README.md has the list. Texts
// are left out, but those that tell the items of a list apart become labels.
#ifndef WEB_GATEWAY_SERVER_AGENT_REPORT_H_
#define WEB_GATEWAY_SERVER_AGENT_REPORT_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "syspulse/v1/ingest_service.pb.h"

namespace syspulse {

// Returns whether a document is a report, or wants to be one: its object has an `agent_id`, or one
// of `agent_name`, `system` and `network` and neither `host` nor `metrics`, which a
// PushMetricsRequest has.
bool LooksLikeAgentReport(std::string_view json);

// Returns the report as a request. InvalidArgument, which names the place, if it is none.
absl::StatusOr<v1::PushMetricsRequest> ParseAgentReport(std::string_view json);

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_AGENT_REPORT_H_
