// Samples as files hold them that other programs read.
//
//   prometheus   Prometheus' text format with times in milliseconds
//   openmetrics  OpenMetrics 1.0, which `promtool tsdb create-blocks-from openmetrics` takes
//   json         a line for each series: {"metric":{…},"values":[…],"timestamps":[…]}, as
//                VictoriaMetrics exports and imports it
//   csv          a line for each sample: time, series, value
//
// Numbers are written with the fewest digits that read back as the same number. The mark of a
// series that ended is no sample, and none of these formats has a word for it: it is left out.
#ifndef CLIENTS_CLI_TRANSFER_SAMPLE_WRITER_H_
#define CLIENTS_CLI_TRANSFER_SAMPLE_WRITER_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "clients/cli/output/sink.h"
#include "syspulse/v1/metric.pb.h"
#include "syspulse/v1/query_service.pb.h"

namespace syspulse {

enum class SampleFormat { kOpenMetrics, kPrometheus, kJson, kCsv };

// What metrics are, by name.
using FamiliesByName = std::map<std::string, v1::MetricFamily>;

// Confined to one thread.
class SampleWriter {
 public:
  virtual ~SampleWriter() = default;

  // Writes samples of one series. Series of one metric come one after the other, and so do pieces
  // of one series. Errors are those of the sink.
  virtual absl::Status Write(const v1::MatrixSeries& series) = 0;

  // Writes what belongs at the end. Nothing is whole without it.
  virtual absl::Status Finish() = 0;
};

// `sink` must outlive the writer. `families` are those whose type and help are known.
std::unique_ptr<SampleWriter> MakeSampleWriter(SampleFormat format, FamiliesByName families,
                                               TextSink* sink);

// Returns the value as Prometheus writes it: the shortest digits, NaN, +Inf, -Inf.
std::string SampleValueText(double value);

}  // namespace syspulse

#endif  // CLIENTS_CLI_TRANSFER_SAMPLE_WRITER_H_
