// What a request of Prometheus' HTTP API says, in the query of its address and in a form's body.
//
// https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview
#ifndef WEB_GATEWAY_SERVER_PROMETHEUS_PARAMETERS_H_
#define WEB_GATEWAY_SERVER_PROMETHEUS_PARAMETERS_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace syspulse {

class PrometheusParameters {
 public:
  // Takes `body`, a form, before `query`: of two values the first counts. A pair that is not
  // encoded correctly is left out, as Prometheus does.
  PrometheusParameters(std::string_view query, std::string_view body);

  // Returns the first value of `name`, or the empty view.
  std::string_view Get(std::string_view name) const;
  std::vector<std::string> GetAll(std::string_view name) const;

  // The first pair that is not encoded correctly, in a sentence; empty if all are.
  const std::string& mistake() const { return mistake_; }

 private:
  void Add(std::string_view encoded);

  std::vector<std::pair<std::string, std::string>> pairs_;
  std::string mistake_;
};

// Returns a moment: seconds since the Unix epoch, rounded to the millisecond, or RFC 3339 such as
// `2026-03-01T12:00:00.5Z`. The first and the last moment that Prometheus knows are
// absl::InfinitePast() and absl::InfiniteFuture(). InvalidArgument with Prometheus' words.
absl::StatusOr<absl::Time> ParsePrometheusTime(std::string_view text);

// Returns a span of time: seconds, or numbers with units such as `1h30m`. May be negative. Returns
// InvalidArgument with Prometheus' words.
absl::StatusOr<absl::Duration> ParsePrometheusDuration(std::string_view text);

// Returns the moment that parameter `name` is; nothing if it is absent or empty. InvalidArgument
// with Prometheus' words, for optional parameters.
absl::StatusOr<std::optional<absl::Time>> TimeParameter(const PrometheusParameters& parameters,
                                                        std::string_view name);

// Returns `reason` as what is wrong with parameter `name`.
absl::Status InvalidParameter(std::string_view name, std::string_view reason);

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_PROMETHEUS_PARAMETERS_H_
