// What the numbers of a small agent's report are called as metrics.
#ifndef WEB_GATEWAY_SERVER_AGENT_METRIC_NAMES_H_
#define WEB_GATEWAY_SERVER_AGENT_METRIC_NAMES_H_

#include <string>
#include <string_view>

#include "syspulse/v1/metric.pb.h"

namespace syspulse {

struct AgentMetricName {
  std::string name;
  v1::MetricType type = v1::METRIC_TYPE_GAUGE;
  std::string_view unit;
  std::string_view mountpoint;  // the value of that label, where the report does not say it
  bool known = false;           // node_exporter has it, so it has to be a number
};

// Returns what a number at that place is called; names are joined by dots, those of lists as well.
AgentMetricName NameOfAgentMetric(std::string_view place);

// Returns the label that a text of this name makes of an item of a list, empty if it makes none.
std::string_view LabelOfAgentText(std::string_view name);

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_AGENT_METRIC_NAMES_H_
