// One line of a script that says what a series is called and which samples it has:
//
//   http_requests{job="api"} 0+10x5 _ stale 3
#ifndef TESTS_PROMQL_SCRIPT_SERIES_LINE_H_
#define TESTS_PROMQL_SCRIPT_SERIES_LINE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/promql/labels.h"

namespace syspulse::promql {

struct SeriesLine {
  Labels labels;
  // One for each step from the first on; nothing where there is no sample.
  std::vector<std::optional<double>> values;
  // Why its samples are none that SysPulse knows: it is of native histograms, for one. Empty if
  // they are. `values` are then empty too.
  std::string foreign;
};

// Returns what a line says. InvalidArgument if it is malformed or would have more than a million
// samples; Unimplemented, with what it is, if its labels are written in a newer way.
absl::StatusOr<SeriesLine> ParseSeriesLine(std::string_view line);

}  // namespace syspulse::promql

#endif  // TESTS_PROMQL_SCRIPT_SERIES_LINE_H_
