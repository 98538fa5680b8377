// Answers of QueryService as tables: for people, and as records of time, series and value.
#ifndef CLIENTS_CLI_COMMAND_QUERY_TABLES_H_
#define CLIENTS_CLI_COMMAND_QUERY_TABLES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "clients/cli/output/series_text.h"
#include "clients/cli/output/table.h"
#include "syspulse/v1/query_service.pb.h"

namespace syspulse {

struct Point {
  std::int64_t time_ms = 0;  // since the Unix epoch
  double value = 0;
};

// A series over time: values where there are any, in order of time.
struct Curve {
  SortedLabels labels;
  std::vector<Point> points;
};

// Returns the series of an answer; gaps have no point.
std::vector<Curve> CurvesOf(const v1::QueryRangeResponse& response);
std::vector<Curve> CurvesOf(const v1::QueryUpdate& update);
std::vector<Curve> CurvesOf(const v1::SampleMatrix& matrix);

// Returns the time between two moments of a grid, in milliseconds.
std::int64_t StepMillis(const v1::QueryRangeResponse& response);
std::int64_t StepMillis(const v1::QueryUpdate& update);

// Returns a row for each series, or for the one value of a scalar or a text.
Table InstantTable(const v1::QueryResponse& response);

// Returns a row for each moment with a column for each series if they fit `width` columns (0 = no
// terminal), else a row for each value. Moments without any value are left out.
Table RangeTable(const std::vector<Curve>& curves, int width, absl::TimeZone zone);

// Return a row for each value in the order of their times, for lines that follow each other: for
// people, and as records of time, series and value.
Table LineTable(const std::vector<Curve>& curves, absl::TimeZone zone);
Table LineRecords(const std::vector<Curve>& curves);

// Returns a row for each value: time, series, value.
Table Records(const std::vector<Curve>& curves);
Table Records(const v1::QueryResponse& response);

}  // namespace syspulse

#endif  // CLIENTS_CLI_COMMAND_QUERY_TABLES_H_
