// Metrics recorded second by second, to be played back: text that Prometheus scrapes, one after the
// other, each behind a line `#TS <unix milliseconds>`.
#ifndef TESTS_BENCH_RECORDING_H_
#define TESTS_BENCH_RECORDING_H_

#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "services/model/metric.h"

namespace syspulse {

struct Recording {
  std::vector<std::int64_t> times_ms;        // Unix, one for each scrape
  std::vector<std::string> names;            // of the series, with labels, as they were written
  std::vector<std::vector<double>> columns;  // the values of each series; NaN where it was not
};

// Reads all of `in`. What is no sample is passed over.
Recording ReadRecording(std::istream& in);

// Returns the schema of the recording's series. Aborts if names are not as Prometheus writes them.
SchemaPtr SchemaOf(const Recording& recording);

}  // namespace syspulse

#endif  // TESTS_BENCH_RECORDING_H_
