// All metrics of the service or of one host, with their types and what they mean.
#ifndef CLIENTS_CLI_COMMAND_METRIC_LIST_H_
#define CLIENTS_CLI_COMMAND_METRIC_LIST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cli/command/session.h"
#include "syspulse/v1/metric.pb.h"

namespace syspulse {

// Returns the metrics that `host` reports, all hosts if it is empty, page after page.
absl::StatusOr<std::vector<v1::Metric>> ListAllMetrics(const Session& session,
                                                       const std::string& host);

}  // namespace syspulse

#endif  // CLIENTS_CLI_COMMAND_METRIC_LIST_H_
