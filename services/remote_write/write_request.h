// The messages of Prometheus' remote write, version 1: what stands in the body of a request.
//
// https://prometheus.io/docs/specs/prw/remote_write_spec/ and prompb/{remote,types}.proto: a
// WriteRequest holds TimeSeries (field 1) and MetricMetadata (3); a TimeSeries holds Labels (1),
// Samples (2), Exemplars (3) and Histograms (4).
//
// The body is compressed as one block of snappy. Nothing that it claims is believed before the
// bytes for it are there. Exemplars and native histograms are counted and otherwise overlooked.
#ifndef SERVICES_REMOTE_WRITE_WRITE_REQUEST_H_
#define SERVICES_REMOTE_WRITE_WRITE_REQUEST_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace syspulse {

// What a body may become once it is decompressed: four times of what vmagent sends at most.
inline constexpr std::size_t kMostRequestBytes = 32 << 20;

// Decompresses a body into `*request`, whose memory is used again. InvalidArgument if it is not
// compressed by snappy, OutOfRange if it becomes more than kMostRequestBytes.
absl::Status DecompressBody(std::string_view body, std::string* request);

struct WrittenSample {
  double value = 0;
  std::int64_t time_ms = 0;  // Unix

  bool operator==(const WrittenSample&) const = default;
};

// One series with its samples.
struct SeriesMessage {
  std::string_view labels;             // its label fields one behind the other, as they came
  std::vector<WrittenSample> samples;  // as they came
  std::int64_t exemplars = 0;          // how many came with it
  std::int64_t histograms = 0;         // native ones, also how many

 private:
  friend bool ParseSeriesMessage(std::string_view bytes, SeriesMessage* message);
  std::string joined_;  // label fields that did not stand together
};

// Reads a TimeSeries into `*message`, whose memory is used again; it views into `bytes`. Returns
// false if they are none.
bool ParseSeriesMessage(std::string_view bytes, SeriesMessage* message);

// What a metric means, as its exposition says. Views into the request.
struct MetadataMessage {
  std::uint64_t type = 0;  // MetricMetadata.MetricType
  std::string_view family;
  std::string_view help;
  std::string_view unit;
};

// Reads a MetricMetadata. Returns false if `bytes` are none.
bool ParseMetadataMessage(std::string_view bytes, MetadataMessage* message);

}  // namespace syspulse

#endif  // SERVICES_REMOTE_WRITE_WRITE_REQUEST_H_
