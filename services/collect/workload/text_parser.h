// Prometheus' text format, version 0.0.4, as scripts write it into files for the agent to pass on;
// see https://prometheus.io/docs/instrumenting/exposition_formats/.
//
//   # HELP backup_age_seconds Time since the last backup.
//   # TYPE backup_age_seconds gauge
//   backup_age_seconds{volume="/home"} 86400
//
// Strict, because half of a file is not a file: whatever is not of this form refuses all of it, and
// so do timestamps, which are the agent's to set. Of histograms and summaries the series become
// families of their own, with the names and labels that they have in the file: x_bucket, x_sum and
// x_count, counters all of them, and the quantiles x, a gauge.
#ifndef SERVICES_COLLECT_WORKLOAD_TEXT_PARSER_H_
#define SERVICES_COLLECT_WORKLOAD_TEXT_PARSER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/model/metric.h"

namespace syspulse {

// What a file may hold. A series takes a value for each label that any of its family has.
inline constexpr std::size_t kMostTextSeries = 20'000;
inline constexpr std::size_t kMostTextLabels = 32;  // of a family
// What the labels of all files may hold, in bytes: the service takes a message of twice that.
inline constexpr std::size_t kMostTextBytes = 8 << 20;

// A line with a value.
struct TextSeries {
  std::vector<std::string> label_values;  // one for each label name; empty where the line has none
  double value = 0;
};

// All lines with the same name.
struct TextFamily {
  std::string name;
  MetricType type = MetricType::kUntyped;
  std::optional<std::string> help;  // none if there is no HELP, or nothing in it
  std::vector<std::string> label_names;
  std::vector<TextSeries> series;
};

// Returns the families that have series, in the order of the file. DataLoss with the number of the
// line at fault if the text is not of the format or is cut, FailedPrecondition if a line has a
// timestamp, ResourceExhausted if there are more series or labels than a file may hold.
absl::StatusOr<std::vector<TextFamily>> ParseTextFormat(std::string_view text);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_TEXT_PARSER_H_
