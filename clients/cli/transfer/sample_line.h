// One line of Prometheus' text format or of OpenMetrics, taken apart.
//
//   http_requests_total{code="200"} 1027 1395066363000
//   {__name__="http_requests_total", code="200"} 1027 1395066363000
//
// The second way is the one of `promtool tsdb dump`.
#ifndef CLIENTS_CLI_TRANSFER_SAMPLE_LINE_H_
#define CLIENTS_CLI_TRANSFER_SAMPLE_LINE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "syspulse/v1/metric.pb.h"

namespace syspulse {

// The NaN that a file means: another one stands for "not measured" in the service.
inline constexpr std::uint64_t kNanBits = 0x7ff8'0000'0000'0001;

// How times are written.
enum class TimeUnit { kMilliseconds, kSeconds };

// A line with a value. Views into the line.
struct SampleLine {
  std::string_view series;  // name and labels as they stand there
  double value = 0;
  std::string_view time;  // empty if there is none
};

// Takes `# TYPE name type`, `# HELP name text` and `# UNIT name unit` into a family: what stood
// there of another name is forgotten. Other comments change nothing.
void TakeCommentLine(std::string_view line, v1::MetricFamily* family);

// Takes a line apart, which is neither empty nor a comment. Exemplars are overlooked.
// InvalidArgument, which says what is wrong, if it is not of the format.
absl::StatusOr<SampleLine> ParseSampleLine(std::string_view line);

// Returns the labels of a series, its name as `__name__`; none is empty. InvalidArgument, which
// says what is wrong, if they break Prometheus' rules or are not UTF-8.
absl::StatusOr<std::map<std::string, std::string>> ParseSeriesLabels(std::string_view series);

// Returns InvalidArgument unless the labels name a metric as Prometheus has it and are no more than
// the service takes.
absl::Status CheckSeries(const std::map<std::string, std::string>& labels);

// Returns what a time must count: seconds if it has a fraction or is small. A whole number of at
// least 100,000,000,000 counts milliseconds: since 1973 that is so, and seconds get there in 5138.
TimeUnit GuessTimeUnit(std::string_view time);

// Returns a time in milliseconds since 1970. InvalidArgument if it is none of the years 1 to 9999.
absl::StatusOr<std::int64_t> ParseSampleTime(std::string_view time, TimeUnit unit);

}  // namespace syspulse

#endif  // CLIENTS_CLI_TRANSFER_SAMPLE_LINE_H_
