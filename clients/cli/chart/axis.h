// Scales of a chart: where their marks stand and what is written there.
#ifndef CLIENTS_CLI_CHART_AXIS_H_
#define CLIENTS_CLI_CHART_AXIS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace syspulse {

// How values are scaled: by powers of 1000 (k, M, G; m, u, n), or of 1024 (K, M, G).
enum class AxisUnit { kNumber, kBytes };

// A mark of a scale of values.
struct ValueMark {
  double value = 0;
  std::string label;
};

struct ValueAxis {
  double low = 0;   // at the lower edge
  double high = 1;  // at the upper edge; above `low`
  std::vector<ValueMark> marks;
};

// Returns a scale for values from `least` to `most`, both finite, with round marks, about `marks`
// of them. It holds zero unless the values are far from it for how little they differ.
ValueAxis MakeValueAxis(double least, double most, int marks, AxisUnit unit);

// Returns a value with a unit and about three digits: 1.25k, 3.5M; bytes: 1.2K.
std::string ShortValue(double value, AxisUnit unit);

// A mark of a scale of time.
struct TimeMark {
  std::int64_t time_ms = 0;
  std::string label;  // in the zone's time
};

// Returns round moments of the zone from `first_ms` to `last_ms`, as many as stand beside each
// other on `columns` columns; the first moment alone if none is round.
std::vector<TimeMark> MakeTimeMarks(std::int64_t first_ms, std::int64_t last_ms, int columns,
                                    absl::TimeZone zone);

}  // namespace syspulse

#endif  // CLIENTS_CLI_CHART_AXIS_H_
