// Series over time, drawn in a terminal.
#ifndef CLIENTS_CLI_CHART_CHART_H_
#define CLIENTS_CLI_CHART_CHART_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "clients/cli/command/query_tables.h"

namespace syspulse {

// The most series that are drawn: as many as there are colours to tell apart.
inline constexpr int kMostDrawn = 12;

// The time that a chart shows.
struct ChartSpan {
  std::int64_t first_ms = 0;
  std::int64_t last_ms = 0;
  // Points farther apart than this have a gap between them.
  std::int64_t longest_join_ms = 0;
};

// What it is drawn on.
struct ChartSpace {
  int width = 80;  // characters
  int height = 24;
  bool color = false;
  bool ascii = false;  // the terminal has no other characters
  absl::TimeZone zone;
};

// Returns the chart, a line a row, of `height` rows with the prompt below, or more where the legend
// leaves too little. The first kMostDrawn series are drawn, and it says how many are not. Empty if
// no value is finite.
std::string DrawChart(const std::vector<Curve>& curves, const ChartSpan& span,
                      const ChartSpace& space);

}  // namespace syspulse

#endif  // CLIENTS_CLI_CHART_CHART_H_
