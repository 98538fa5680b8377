// Points of OpenTelemetry's metrics, read from the bytes of their messages.
//
// https://github.com/open-telemetry/opentelemetry-proto, metrics/v1/metrics.proto. Nothing that a
// message claims is believed before the bytes for it are there.
#ifndef SERVICES_OTLP_POINTS_H_
#define SERVICES_OTLP_POINTS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/otlp/attributes.h"

namespace syspulse {

inline constexpr std::size_t kMostBuckets = 1'000;  // of a histogram, and quantiles of a summary

// What all points have.
struct OtlpPoint {
  Attributes attributes;
  std::int64_t time_ms = 0;  // Unix; 0 if the sender does not know
  bool ended = false;        // has no value: the series has ended
};

struct OtlpNumber : OtlpPoint {
  double value = 0;
  bool has_value = false;
};

struct OtlpHistogram : OtlpPoint {
  double count = 0;
  double sum = 0;
  bool has_sum = false;
  std::vector<double> bucket_counts;  // each by itself
  std::vector<double> bounds;         // one less, or none of either; ascending
};

struct OtlpSummary : OtlpPoint {
  double count = 0;
  double sum = 0;
  std::vector<std::pair<double, double>> quantiles;  // which, and its value
};

// Return the point that a message is. InvalidArgument, which says why, if it is none or makes no
// sense.
absl::StatusOr<OtlpNumber> ParseOtlpNumber(std::string_view message);
absl::StatusOr<OtlpHistogram> ParseOtlpHistogram(std::string_view message);
absl::StatusOr<OtlpSummary> ParseOtlpSummary(std::string_view message);

}  // namespace syspulse

#endif  // SERVICES_OTLP_POINTS_H_
