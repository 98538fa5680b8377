// What OpenTelemetry's names and units become in Prometheus' data model.
//
// https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
#ifndef SERVICES_OTLP_METRIC_NAMES_H_
#define SERVICES_OTLP_METRIC_NAMES_H_

#include <string>
#include <string_view>

namespace syspulse {

enum class OtlpKind { kGauge, kCounter, kOther };  // a counter only grows

// Returns the name of a metric: `http_server_duration_milliseconds` of `http.server.duration` with
// unit `ms`. Empty if nothing of it can be in a name.
std::string PrometheusMetricName(std::string_view name, std::string_view unit, OtlpKind kind);

// Returns the unit in words: `bytes_per_second` of `By/s`. Empty for what is none.
std::string PrometheusUnit(std::string_view unit);

// Returns the name of a label: `http_method` of `http.method`. Empty if nothing of it can be in a
// name, or the name is reserved.
std::string PrometheusLabelName(std::string_view attribute);

}  // namespace syspulse

#endif  // SERVICES_OTLP_METRIC_NAMES_H_
